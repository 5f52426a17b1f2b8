import { connect, type Socket } from 'node:net';
import { randomSource, type Tally, type Target } from './attack.ts';

/** A connection from an address of its own. Errors end it, and are what an attacker expects. */
export function connectFromAnywhere(target: Target): Socket {
  const socket = connect({
    host: target.host,
    port: target.port,
    localAddress: randomSource(target.oneNetwork).join('.'),
  });
  socket.on('error', () => socket.destroy());
  return socket;
}

/**
 * Keeps `count` of them going: one that ends makes room for the next. In place once so many have been tried, or when it has taken too
 * long.
 */
export async function keepGoing(
  target: Target,
  inPlace: () => void,
  count: number,
  open: () => Socket,
): Promise<Tally> {
  const sockets = new Set<Socket>();
  let tried = 0;
  let connected = 0;
  let atOnce = 0;
  const openSome = (): void => {
    for (let left = OPENED_PER_TURN; left > 0 && sockets.size < count; left -= 1) {
      const socket = open();
      tried += 1;
      sockets.add(socket);
      socket.once('connect', () => {
        connected += 1;
        atOnce = Math.max(atOnce, connected);
        socket.once('close', () => (connected -= 1));
      });
      socket.once('close', () => sockets.delete(socket));
    }
  };
  const goOn = async (milliseconds: number, enough: () => boolean): Promise<void> => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until && !enough()) {
      openSome();
      await new Promise((resolve) => setTimeout(resolve, TURN_MILLISECONDS));
    }
  };
  await goOn(IN_PLACE_MILLISECONDS_MAX, () => tried >= count && connected > 0);
  inPlace();
  await goOn(target.milliseconds, () => false);
  for (const socket of sockets) socket.resetAndDestroy();
  return { 'connections tried': tried, 'connected at once': atOnce };
}

/** Ten thousand a second. */
const OPENED_PER_TURN = 50;
const TURN_MILLISECONDS = 5;
const IN_PLACE_MILLISECONDS_MAX = 60_000;
