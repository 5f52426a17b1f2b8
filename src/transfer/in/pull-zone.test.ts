import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { HostedZone } from '../../core/control/tables.ts';
import { framed } from '../../core/dns/framed.ts';
import { NO_FLAGS, parseMessage, writeMessage, type Message, type ResourceRecord } from '../../core/dns/message.ts';
import { parseName } from '../../core/dns/name.ts';
import { parseRdata } from '../../core/dns/rdata-types.ts';
import { CLASS, RCODE, TYPE, typeName } from '../../core/dns/record-type.ts';
import { pullZone } from './pull-zone.ts';

const name = parseName('example.org.');

function record(type: number, text: string): ResourceRecord {
  return { name, type, class: CLASS.IN, ttlSeconds: 60, value: parseRdata(type, text, 'zone-file') };
}

const soa = (serial: number): ResourceRecord => record(TYPE.SOA, `ns.example. host.example. ${serial} 2 3 4 5`);

type Reply = Partial<Message> | 'hangs up';
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A primary that answers each type as told, and what it was asked for. */
async function primary(replies: Readonly<Record<string, Reply>>): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const answer = (socket: Socket, octets: Buffer): void => {
    const request = parseMessage(Uint8Array.from(octets.subarray(2)));
    const type = typeName(request.questions[0]?.type ?? 0);
    asked.push(type);
    const reply = replies[type] ?? 'hangs up';
    if (reply === 'hangs up') return void socket.destroy();
    const flags = { ...NO_FLAGS, response: true, authoritative: true };
    socket.write(framed(writeMessage({ ...request, flags, authorities: [], ...reply }, 65_535)));
  };
  const server = createServer((socket) => {
    socket.on('data', (octets: Buffer) => answer(socket, octets));
    // Whoever asked may leave in the middle of an answer.
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

const NEWER = { answers: [soa(2)] };
const WHOLE = { answers: [soa(2), record(TYPE.NS, 'ns.example.'), soa(2)] };
const NEWEST_FROM_ELSEWHERE = { answers: [soa(2), soa(7), soa(2)] };

/** What came, how, and whether a difference was found to be of no use. */
async function pulled(replies: Readonly<Record<string, Reply>>, takesDifference = true): Promise<unknown[]> {
  const { port, asked } = await primary(replies);
  let useless = 0;
  const outcome = await pullZone({
    peer: { host: '127.0.0.1', port },
    zone: { id: 'Z', name: 'example.org.', recordSetCount: 0 } as HostedZone,
    serial: 1,
    takesDifference,
    onUselessDifference: () => (useless += 1),
    view: () => ({ get: () => undefined, range: () => [] }),
    submit: <Change>() => Promise.resolve({} as Change),
    nowSeconds: () => 0,
    newId: () => 1,
  }).then(
    (each) => (each.kind === 'received' ? each.by : each.kind),
    (error: Error) => error.message,
  );
  return [asked.join(' '), outcome, useless];
}

test.each<[string, Readonly<Record<string, Reply>>, unknown[]]>([
  ['whole in answer to IXFR is whole', { SOA: NEWER, IXFR: WHOLE }, ['SOA IXFR', 'IXFR', 0]],
  ['IXFR refused', { SOA: NEWER, IXFR: { rcode: RCODE.NOTIMP }, AXFR: WHOLE }, ['SOA IXFR AXFR', 'AXFR', 1]],
  [
    'a difference from elsewhere',
    { SOA: NEWER, IXFR: NEWEST_FROM_ELSEWHERE, AXFR: WHOLE },
    ['SOA IXFR AXFR', 'AXFR', 1],
  ],
  ['IXFR cut off', { SOA: NEWER, AXFR: WHOLE }, ['SOA IXFR AXFR', 'AXFR', 0]],
  [
    'neither comes',
    { SOA: NEWER, IXFR: { rcode: RCODE.SERVFAIL } },
    ['SOA IXFR AXFR', expect.stringMatching(/connection/), 1],
  ],
])('%s', async (_what, replies, expected) => {
  expect(await pulled(replies)).toEqual(expected);
});

test('where a difference has failed before, none is asked for', async () => {
  expect(await pulled({ SOA: NEWER, IXFR: WHOLE, AXFR: WHOLE }, false)).toEqual(['SOA AXFR', 'AXFR', 0]);
});
