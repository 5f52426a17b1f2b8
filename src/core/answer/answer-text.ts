import { parseName, printName } from '../dns/name.ts';
import { readRdata, rdataType } from '../dns/rdata-types.ts';
import { rcodeName, TYPE, typeCode, typeName } from '../dns/record-type.ts';
import { WireReader } from '../dns/wire-reader.ts';
import { WireWriter } from '../dns/wire-writer.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import { answerQuery } from './answer-query.ts';
import type { Query } from './query.ts';
import { COUNTER, COUNTERS } from './counters.ts';
import { createWorld, type World } from './world.ts';

/** For tests: zone text and a query in, the answer as text out. */

export function worldOf(zones: ZoneData, planBytesMax = 1 << 16): World {
  return createWorld({ zones, planBytesMax, udpBytesMax: 1232, counters: new Float64Array(COUNTERS) });
}

/** Answers `name TYPE [+edns=SIZE] [+do] [+version=N] [+tcp] [+class=N]`; octets of the answer. */
export function ask(world: World, query: string): Uint8Array {
  const packet = packetOf(query);
  const buffer = new Uint8Array(65_535);
  buffer.set(packet);
  return buffer.slice(0, answerQuery(world, { ...queryOf(query), packet: buffer, length: packet.length }, buffer));
}

/** The text's query from a client at 192.0.2.100, at second 1 of 1970. */
export function queryOf(text: string): Query {
  const packet = packetOf(text);
  return {
    packet,
    length: packet.length,
    transport: text.includes('+tcp') ? 'tcp' : 'udp',
    client: Uint8Array.of(192, 0, 2, 100),
    listener: 0,
    nowMilliseconds: 1000,
    draw: 0,
  };
}

/** Asks three times: compiled, from its plan, and in another buffer. Throws unless all agree. */
export function answerText(world: World, query: string): string {
  const first = textOf(ask(world, query));
  if (textOf(ask(world, query)) !== first) throw new Error(`another answer from its plan: ${query}`);
  const response = new Uint8Array(65_535);
  const length = answerQuery(world, queryOf(query), response);
  if (textOf(response.slice(0, length)) !== first) throw new Error(`another answer in another buffer: ${query}`);
  if (world.counters[COUNTER.internalErrors] !== 0) throw new Error(`an internal error: ${query}`);
  return first;
}

export function packetOf(query: string): Uint8Array {
  const [name = '', type = '', ...options] = query.split(' ');
  const option = (key: string): number | undefined => {
    const found = options.find((each) => each.startsWith(`+${key}=`));
    return found === undefined ? undefined : Number(found.slice(key.length + 2));
  };
  const dnssecOk = options.includes('+do');
  const size = option('edns') ?? (dnssecOk || option('version') !== undefined ? 1232 : undefined);
  const out = new WireWriter(new Uint8Array(512));
  for (const field of [0x1234, 0x0100, 1, 0, 0, size === undefined ? 0 : 1]) out.u16(field);
  out.name(parseName(name), false);
  out.u16(typeCode(type) as number);
  out.u16(option('class') ?? 1);
  if (size !== undefined) {
    out.u8(0);
    out.u16(TYPE.OPT);
    out.u16(size);
    out.u8(0);
    out.u8(option('version') ?? 0);
    out.u16(dnssecOk ? 0x8000 : 0);
    out.u16(0);
  }
  return out.bytes.slice(0, out.position);
}

const SECTIONS = ['answer', 'authority', 'additional'] as const;

/** Reads every octet of an answer; throws when it does not parse. First line: rcode, flags, and OPT if there is one. */
export function textOf(response: Uint8Array): string {
  if (response.length === 0) return 'silence';
  const reader = new WireReader(response);
  reader.u16();
  const flags = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const set = (mask: number, name: string): string => ((flags & mask) === 0 ? '' : ` ${name}`);
  let edns = '';
  let rcode = flags & 15;
  const lines: string[] = [];
  if (counts[0] === 1) {
    lines.push(`question ${printName(reader.name())} ${typeName(reader.u16())}`);
    reader.u16();
  }
  for (const [index, section] of SECTIONS.entries()) {
    for (let left = counts[index + 1] as number; left > 0; left -= 1) {
      const owner = reader.name();
      const type = reader.u16();
      if (type === TYPE.OPT) {
        const size = reader.u16();
        rcode |= reader.u8() << 4;
        reader.u8();
        edns = ` edns=${size}${reader.u16() & 0x8000 ? ' do' : ''}`;
        reader.octets(reader.u16());
        continue;
      }
      reader.u16();
      const ttlSeconds = reader.u32();
      const value = rdataType(type).print(readRdata(type, reader, reader.u16()));
      lines.push(`${section} ${printName(owner)} ${ttlSeconds} ${typeName(type)} ${value}`);
    }
  }
  if (reader.position !== response.length) throw new Error('octets are left over');
  const bits = set(0x0400, 'aa') + set(0x0200, 'tc') + set(0x0100, 'rd') + set(0x0080, 'ra');
  return [`${rcodeName(rcode)}${bits}${edns}`, ...lines].join('\n');
}
