import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { framed } from '../core/dns/framed.ts';
import { NO_FLAGS, parseMessage, writeMessage, type Message, type Question } from '../core/dns/message.ts';
import { namesEqual } from '../core/dns/name.ts';
import { OPCODE } from '../core/dns/record-type.ts';

/** Why a resolver gave no answer. */
export interface Unanswered {
  readonly unanswered: 'timeout' | 'unreachable';
}

/** For each datagram; the second waits twice as long. */
const TRY_MILLISECONDS = 1000;
const TRIES = 2;
const TCP_MILLISECONDS = 2000;
/** What passes everywhere without fragments (RFC 9715); longer answers come by TCP, which allows 65,535 octets and no more. */
const UDP_SIZE = 1232;
/** An answer to this question has never more; behind that the connection is not read any more. */
const TCP_OCTETS_MAX = 2 + 0xffff;

/**
 * Asks a resolver for a type that c-ares does not know: by UDP, twice, and by TCP when the answer is too long for that; five seconds at
 * most. What is no answer to this question is not looked at, so that whoever forges one has to guess its id and port.
 */
export async function askResolver(address: string, question: Question): Promise<Message | Unanswered> {
  const { host, port } = hostAndPort(address);
  let last: Message | Unanswered = { unanswered: 'timeout' };
  for (let tries = 0; tries < TRIES; tries += 1) {
    last = await byUdp(host, port, question, TRY_MILLISECONDS * 2 ** tries);
    if (!('unanswered' in last)) return last.flags.truncated ? byTcp(host, port, question) : last;
  }
  return last;
}

function byUdp(host: string, port: number, question: Question, milliseconds: number): Promise<Message | Unanswered> {
  const query = queryFor(question);
  const socket = createSocket(isIPv6(host.replace(/%.*/, '')) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    let ended = false;
    const end = (answer: Message | Unanswered): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(end, milliseconds, { unanswered: 'timeout' });
    socket.on('error', () => end({ unanswered: 'unreachable' }));
    socket.on('message', (octets) => {
      const answer = answerTo(query, octets);
      if (answer !== undefined) end(answer);
    });
    // Connected: the kernel drops what comes from elsewhere, and tells when nobody is there.
    socket.once('connect', () => socket.send(writeMessage(query, UDP_SIZE)));
    socket.connect(port, host);
  });
}

function byTcp(host: string, port: number, question: Question): Promise<Message | Unanswered> {
  const query = queryFor(question);
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const end = (answer: Message | Unanswered): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, TCP_MILLISECONDS, { unanswered: 'timeout' });
    socket.on('error', () => end({ unanswered: 'unreachable' }));
    socket.on('close', () => end({ unanswered: 'unreachable' }));
    socket.on('connect', () => socket.write(framed(writeMessage(query, UDP_SIZE))));
    socket.on('data', (octets) => {
      received = Buffer.concat([received, octets]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
      const answer = answerTo(query, received.subarray(2, Math.min(2 + received.readUInt16BE(), TCP_OCTETS_MAX)));
      end(answer ?? { unanswered: 'unreachable' });
    });
  });
}

function queryFor(question: Question): Message {
  return {
    id: randomInt(0x10000),
    opcode: OPCODE.QUERY,
    rcode: 0,
    flags: { ...NO_FLAGS, recursionDesired: true },
    questions: [question],
    answers: [],
    authorities: [],
    additionals: [],
    edns: { udpSize: UDP_SIZE, extendedRcode: 0, version: 0, dnssecOk: true, options: [] },
  };
}

/** Undefined for octets that are no answer to it. */
function answerTo({ id, questions: [asked] }: Message, octets: Uint8Array): Message | undefined {
  let message: Message;
  try {
    message = parseMessage(new Uint8Array(octets));
  } catch {
    return undefined;
  }
  const [question] = message.questions;
  const fits =
    message.id === id &&
    message.flags.response &&
    message.opcode === OPCODE.QUERY &&
    question !== undefined &&
    asked !== undefined &&
    question.type === asked.type &&
    question.class === asked.class &&
    namesEqual(question.name, asked.name);
  return fits ? message : undefined;
}

const DNS_PORT = 53;

/** `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`; port 0 is the usual one, as for c-ares. */
function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const [, host = address, port = DNS_PORT] =
    /^\[([^\]]+)\](?::([0-9]+))?$/.exec(address) ?? /^([0-9.]+)(?::([0-9]+))?$/.exec(address) ?? [];
  return { host, port: Number(port) || DNS_PORT };
}
