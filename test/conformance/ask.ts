import { createSocket } from 'node:dgram';
import { lowerName, parseName, printName } from '../../src/core/dns/name.ts';
import { rdataType, readRdata } from '../../src/core/dns/rdata-types.ts';
import { CLASS, rcodeName, TYPE, typeName } from '../../src/core/dns/record-type.ts';
import { WireReader } from '../../src/core/dns/wire-reader.ts';
import { WireWriter } from '../../src/core/dns/wire-writer.ts';

export interface Question {
  /** In zone-file notation. */
  readonly name: string;
  readonly type: number;
  /** What EDNS offers; undefined for a query without EDNS. */
  readonly udpBytesMax: number | undefined;
  /** The header's RD, and OPT's DO where there is one. */
  readonly recursionDesired: boolean;
  readonly dnssecOk: boolean;
}

/** What is compared: sections are sorted lines, since their order means nothing. OPT is `edns`, not in `additional`. */
export interface Reply {
  readonly rcode: string;
  readonly aa: boolean;
  readonly tc: boolean;
  /** RD, RA, AD and CD, as the header has them. */
  readonly flags: number;
  readonly question: string;
  /** Whether there is an OPT and, in it, DO; the sizes offered are each server's own. */
  readonly edns: string;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

export const SILENCE = 'silence';

/** Sends one query by UDP and waits for the reply to it. */
export function ask(port: number, question: Question, timeoutMs = 3000): Promise<Reply | typeof SILENCE> {
  const socket = createSocket('udp4');
  return new Promise<Reply | typeof SILENCE>((resolve, reject) => {
    const timer = setTimeout(() => resolve(SILENCE), timeoutMs);
    const id = Math.floor(Math.random() * 0x10000);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') reject(error);
    });
    socket.on('message', (packet) => {
      if (packet.readUInt16BE(0) !== id) return;
      clearTimeout(timer);
      try {
        resolve(readReply(packet));
      } catch (error) {
        reject(new Error(`unreadable reply from port ${port}: ${packet.toString('hex')}`, { cause: error }));
      }
    });
    socket.connect(port, '127.0.0.1', () => socket.send(writeQuery(id, question)));
  }).finally(() => socket.close());
}

const RD = 0x0100;
const DO = 0x8000;

function writeQuery(id: number, { name, type, udpBytesMax, recursionDesired, dnssecOk }: Question): Uint8Array {
  const out = new WireWriter(new Uint8Array(512));
  for (const field of [id, recursionDesired ? RD : 0, 1, 0, 0, udpBytesMax === undefined ? 0 : 1]) out.u16(field);
  out.name(parseName(name), false);
  out.u16(type);
  out.u16(CLASS.IN);
  if (udpBytesMax !== undefined) {
    out.u8(0);
    out.u16(TYPE.OPT);
    out.u16(udpBytesMax);
    out.u32(dnssecOk ? DO : 0);
    out.u16(0);
  }
  return out.bytes.slice(0, out.position);
}

function readReply(packet: Uint8Array): Reply {
  const wire = new WireReader(packet);
  wire.u16();
  const flags = wire.u16();
  const [questions, answers, authorities, additionals] = [wire.u16(), wire.u16(), wire.u16(), wire.u16()];
  const question = questions === 0 ? '' : `${printName(wire.name())} ${typeName(wire.u16())} ${wire.u16()}`;
  const section = (records: number): string[] => Array.from({ length: records }, () => readRecord(wire)).toSorted();
  const [answer, authority, all] = [section(answers), section(authorities), section(additionals)];
  if (wire.position !== packet.length) throw new Error('octets behind the last record');
  return {
    rcode: rcodeName(flags & 0xf),
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    flags: flags & 0x01b0,
    question,
    edns: all.filter(isOpt).join(),
    answer,
    authority,
    additional: all.filter((line) => !isOpt(line)),
  };
}

function isOpt(line: string): boolean {
  return line.startsWith('OPT');
}

function readRecord(wire: WireReader): string {
  const owner = printName(lowerName(wire.name()));
  const [type, , ttlSeconds, length] = [wire.u16(), wire.u16(), wire.u32(), wire.u16()];
  if (type === TYPE.OPT) {
    wire.octets(length);
    return `OPT${(ttlSeconds & DO) === 0 ? '' : ' do'}`;
  }
  const data = rdataType(type).print(readRdata(type, wire, length));
  // Names may come back in the question's case, since they are compressed against it; case means something in strings only.
  return `${owner} ${ttlSeconds} ${typeName(type)} ${type === TYPE.TXT ? data : data.toLowerCase()}`;
}
