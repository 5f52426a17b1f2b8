import { createSocket } from 'node:dgram';
import { addressOf, zoneName } from './many-zones.ts';

const UNDER_WAY = 64;
/** NSD reads a million zones for minutes. */
const START_MILLISECONDS = 1_800_000;
/** Between two questions to a server that does not answer yet. */
const ASK_MILLISECONDS = 5;
const LOST_MILLISECONDS = 60_000;

/** Questions for A, many at a time; gives how many were answered rightly. */
export async function ask(port: number, names: readonly string[], addresses: readonly string[]): Promise<number> {
  const socket = createSocket('udp4');
  let right = 0;
  let next = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const send = (): void => {
    if (next === names.length) return;
    socket.send(query(next & 0xffff, names[next] as string), port, '127.0.0.1');
    next += 1;
  };
  let answered = 0;
  socket.on('message', (message) => {
    const last = `${[...message.subarray(message.length - 4)].join('.')}`;
    const id = message.readUInt16BE(0);
    const place = [id, id + 65_536].find((each) => each < names.length && addresses[each] === last);
    if (place !== undefined) right += 1;
    answered += 1;
    if (answered === names.length) resolve();
    else send();
  });
  const lost = setTimeout(() => resolve(), LOST_MILLISECONDS);
  for (let at = 0; at < UNDER_WAY; at += 1) send();
  await promise;
  clearTimeout(lost);
  socket.close();
  return right;
}

function query(id: number, name: string): Uint8Array {
  const labels = name.split('.').map((label) => Buffer.concat([Uint8Array.of(label.length), Buffer.from(label)]));
  const head = Buffer.from([id >> 8, id & 255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...labels, Uint8Array.of(0, 0, 1, 0, 1)]);
}

/** Seconds from `since` until the last zone is answered rightly. */
export async function firstAnswer(port: number, since: number, zones: number, ended: () => boolean): Promise<number> {
  const socket = createSocket('udp4');
  const wanted = addressOf(zones - 1);
  let right = false;
  socket.on('message', (message) => {
    right ||= [...message.subarray(message.length - 4)].join('.') === wanted;
  });
  // Nobody listens there yet.
  socket.on('error', () => {});
  try {
    while (!right) {
      if (ended()) throw new Error('it ended before it answered');
      if (performance.now() - since > START_MILLISECONDS) throw new Error('it did not answer');
      socket.send(query(1, `www.${zoneName(zones - 1)}`), port, '127.0.0.1', () => {});
      await new Promise((resolve) => setTimeout(resolve, ASK_MILLISECONDS));
    }
    return (performance.now() - since) / 1000;
  } finally {
    socket.close();
  }
}
