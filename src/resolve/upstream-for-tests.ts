import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { framed } from '../core/dns/framed.ts';
import { parseMessage, writeMessage, type ResourceRecord } from '../core/dns/message.ts';
import { parseName, printName } from '../core/dns/name.ts';
import { parseRdata } from '../core/dns/rdata-types.ts';
import { CLASS, RCODE, TYPE, typeName } from '../core/dns/record-type.ts';

/** For tests: a resolver on loopback that says what it is told to, and counts what it is asked. */
export interface TestUpstream {
  readonly address: string;
  /**
   * `name TYPE` → `TTL value,value`, an rcode's name, or `silence`; NODATA for what is not there. `long` before it: not by UDP. `of zone.` behind
   * it: the SOA that a negative answer has. `name TYPE RRSIG` → `TTL value`, for who sets DO.
   */
  readonly says: Map<string, string>;
  /** A question that is sent again, because its answer took too long on a busy machine, is the same one. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startUpstream(port: number): Promise<TestUpstream> {
  const socket = createSocket('udp4');
  const says = new Map<string, string>();
  const asked: string[] = [];
  const seen = new Set<string>();
  const answer = (octets: Uint8Array, stream: boolean): Uint8Array | undefined => {
    const query = parseMessage(octets);
    const [question] = query.questions;
    if (question === undefined) return undefined;
    const key = `${printName(question.name)} ${typeName(question.type)}`;
    const sending = `${query.id} ${key} ${stream}`;
    if (!seen.has(sending)) asked.push(key);
    seen.add(sending);
    const told = says.get(key) ?? 'NOERROR';
    const [text = '', owner] = told.replace(/^long /, '').split(' of ');
    if (text === 'silence') return undefined;
    const truncated = told.startsWith('long ') && !stream;
    const record = (type: number, ttl: string, value: string): ResourceRecord => ({
      name: question.name,
      type,
      class: question.class,
      ttlSeconds: Number(ttl),
      value: parseRdata(type, value, 'route53'),
    });
    const [, ttl = '', values = ''] = /^([0-9]+) (.*)$/.exec(text) ?? [];
    const [, signedTtl = '', signature] = /^([0-9]+) (.*)$/.exec(says.get(`${key} RRSIG`) ?? '') ?? [];
    const answers = truncated ? [] : values.split(',').filter((value) => value !== '');
    const reply = {
      ...query,
      rcode: RCODE[text as keyof typeof RCODE] ?? RCODE.NOERROR,
      flags: { ...query.flags, response: true, recursionAvailable: true, truncated },
      answers: [
        ...answers.map((value) => record(question.type, ttl, value)),
        ...(signature === undefined || query.edns?.dnssecOk !== true ? [] : [record(TYPE.RRSIG, signedTtl, signature)]),
      ],
      authorities: owner === undefined ? [] : [soaOf(owner)],
      additionals: [],
    };
    return writeMessage(reply, 65_535);
  };
  socket.on('message', (octets, client) => {
    const reply = answer(new Uint8Array(octets), false);
    if (reply !== undefined) socket.send(reply, client.port, client.address);
  });

  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const server = createServer((stream) => {
    stream.on('error', () => {});
    stream.on('data', (octets) => {
      const reply = answer(new Uint8Array(octets.subarray(2)), true);
      if (reply !== undefined) stream.write(framed(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    says,
    asked,
    close: async () => {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function soaOf(owner: string): ResourceRecord {
  const value = parseRdata(TYPE.SOA, 'ns.test. admin.test. 1 3600 600 86400 60', 'zone-file');
  return { name: parseName(owner), type: TYPE.SOA, class: CLASS.IN, ttlSeconds: 60, value };
}
