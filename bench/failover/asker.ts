import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { NO_FLAGS, parseMessage, writeMessage } from '../../src/core/dns/message.ts';
import { parseName } from '../../src/core/dns/name.ts';
import { rdataType } from '../../src/core/dns/rdata-types.ts';
import { CLASS, TYPE } from '../../src/core/dns/record-type.ts';

/** Asks a name server for addresses, over and over, and tells the moment when one is another. */
export interface Asker {
  /** Resolves with the time (`performance.now`) at which the name was first answered with the address. */
  until(name: string, address: string): Promise<number>;
  close(): void;
}

/** Between an answer and the next query for the same name: what the times are exact to. */
const EVERY_MILLISECONDS = 2;
/** A query without an answer for so long is asked again. */
const LOST_MILLISECONDS = 50;
const GIVEN_UP_MILLISECONDS = 60_000;

export async function openAsker(port: number): Promise<Asker> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const waiting = new Map<number, (address: string) => void>();
  let ids = 0;
  socket.on('message', (octets) => {
    const { id, answers } = parseMessage(octets);
    const [answer] = answers;
    waiting.get(id)?.(answer === undefined ? '' : rdataType(answer.type).print(answer.value));
    waiting.delete(id);
  });
  const ask = (name: string): Promise<string> => {
    const id = (ids = (ids + 1) & 0xffff);
    return new Promise((resolve) => {
      const lost = setTimeout(() => {
        waiting.delete(id);
        resolve('');
      }, LOST_MILLISECONDS);
      waiting.set(id, (address) => {
        clearTimeout(lost);
        resolve(address);
      });
      socket.send(queryFor(name, id));
    });
  };
  return {
    async until(name, address) {
      for (const end = performance.now() + GIVEN_UP_MILLISECONDS; performance.now() < end;) {
        if ((await ask(name)) === address) return performance.now();
        await new Promise((resolve) => setTimeout(resolve, EVERY_MILLISECONDS));
      }
      throw new Error(`${name} is never ${address}`);
    },
    close: () => socket.close(),
  };
}

function queryFor(name: string, id: number): Uint8Array {
  const questions = [{ name: parseName(name), type: TYPE.A, class: CLASS.IN }];
  const message = {
    id,
    opcode: 0,
    rcode: 0,
    flags: NO_FLAGS,
    questions,
    answers: [],
    authorities: [],
    additionals: [],
  };
  return writeMessage(message, 512);
}
