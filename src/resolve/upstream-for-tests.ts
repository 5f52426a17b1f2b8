import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { parseMessage, writeMessage } from '../core/dns/message.ts';
import { printName } from '../core/dns/name.ts';
import { parseRdata } from '../core/dns/rdata-types.ts';
import { RCODE, typeName } from '../core/dns/record-type.ts';

/** For tests: a resolver on loopback that says what it is told to, and counts what it is asked. */
export interface TestUpstream {
  readonly address: string;
  /** `name TYPE` → `TTL value,value`, an rcode's name, or `silence`; NODATA for what is not there. */
  readonly says: Map<string, string>;
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startUpstream(): Promise<TestUpstream> {
  const socket = createSocket('udp4');
  const says = new Map<string, string>();
  const asked: string[] = [];
  socket.on('message', (octets, client) => {
    const query = parseMessage(new Uint8Array(octets));
    const [question] = query.questions;
    if (question === undefined) return;
    const key = `${printName(question.name)} ${typeName(question.type)}`;
    asked.push(key);
    const text = says.get(key) ?? 'NOERROR';
    if (text === 'silence') return;
    const [ttl = '', values = ''] = text.split(' ');
    const rcode = RCODE[text as keyof typeof RCODE] ?? RCODE.NOERROR;
    const answers = values
      .split(',')
      .filter((value) => value !== '')
      .map((value) => ({
        name: question.name,
        type: question.type,
        class: question.class,
        ttlSeconds: Number(ttl),
        value: parseRdata(question.type, value, 'route53'),
      }));
    const flags = { ...query.flags, response: true, recursionAvailable: true };
    const reply = { ...query, rcode, flags, answers, authorities: [], additionals: [] };
    socket.send(writeMessage(reply as never, 65_535), client.port, client.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    says,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
