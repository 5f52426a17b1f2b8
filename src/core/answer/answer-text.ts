import { EDNS_OPTION, readEdns, writeEdns, type Edns } from '../dns/edns.ts';
import type { EdnsOption } from '../dns/rdata/opt.ts';
import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';
import { parseName, printName } from '../dns/name.ts';
import { readRdata, rdataType } from '../dns/rdata-types.ts';
import { rcodeName, TYPE, typeCode, typeName } from '../dns/record-type.ts';
import { WireReader } from '../dns/wire-reader.ts';
import { WireWriter } from '../dns/wire-writer.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import { answerQuery } from './answer-query.ts';
import type { Query, Transport } from './query.ts';
import { COUNTER, COUNTERS } from './counters.ts';
import { newRateTable } from './rate-limit.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld, type World } from './world.ts';

/** For tests: zone text and a query in, the answer as text out. */

export function worldOf(zones: ZoneData, planBytesMax = 1 << 16, settings = PLAIN_ANSWERS): World {
  const rateTable = settings.rateLimit === undefined ? undefined : newRateTable(0x5eed);
  return createWorld({ zones, planBytesMax, settings, rateTable, counters: new Float64Array(COUNTERS) });
}

/**
 * Answers `name TYPE` with any of `+edns=SIZE`, `+do`, `+co`, `+version=N`, `+class=N`, an option as `ednsOption` says, `+tcp` (`+tls`,
 * `+https`), `+client=ADDRESS`, `+now=SECONDS` `+draw=NUMBER` and `+listener=NUMBER`; octets of the answer.
 */
export function ask(world: World, query: string): Uint8Array {
  const packet = packetOf(query);
  const buffer = new Uint8Array(65_535);
  buffer.set(packet);
  return buffer.slice(0, answerQuery(world, { ...queryOf(query), packet: buffer, length: packet.length }, buffer));
}

/** The text's query; unless it says otherwise, from a client at 192.0.2.100, at second 1 of 1970. */
export function queryOf(text: string): Query {
  const packet = packetOf(text);
  const client = optionOf(text, 'client') ?? '192.0.2.100';
  return {
    packet,
    length: packet.length,
    transport: TRANSPORTS.find((each) => text.split(' ').includes(`+${each}`)) ?? 'udp',
    client: parseIpv4(client) ?? parseIpv6(client) ?? new Uint8Array(0),
    listener: Number(optionOf(text, 'listener') ?? 0),
    nowMilliseconds: Number(optionOf(text, 'now') ?? 1) * 1000,
    draw: Number(optionOf(text, 'draw') ?? 0),
  };
}

const TRANSPORTS = ['tcp', 'tls', 'https'] as const satisfies readonly Transport[];

function optionOf(text: string, key: string): string | undefined {
  return text
    .split(' ')
    .find((each) => each.startsWith(`+${key}=`))
    ?.slice(key.length + 2);
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
  const [name = '', type = '', ...words] = query.split(' ');
  const number = (key: string): number | undefined => {
    const text = optionOf(query, key);
    return text === undefined ? undefined : Number(text);
  };
  const dnssecOk = words.includes('+do');
  const compactOk = words.includes('+co');
  const options = words.flatMap(ednsOption);
  const needsOpt = dnssecOk || options.length > 0 || number('version') !== undefined;
  const udpSize = number('edns') ?? (needsOpt ? 1232 : undefined);
  const out = new WireWriter(new Uint8Array(1024));
  for (const field of [0x1234, 0x0100, 1, 0, 0, udpSize === undefined ? 0 : 1]) out.u16(field);
  out.name(parseName(name), false);
  out.u16(typeCode(type) as number);
  out.u16(number('class') ?? 1);
  if (udpSize !== undefined) {
    out.u8(0);
    out.u16(TYPE.OPT);
    writeEdns({ udpSize, extendedRcode: 0, version: number('version') ?? 0, dnssecOk, compactOk, options }, out);
  }
  return out.bytes.slice(0, out.position);
}

const EDNS_OPTION_NAMES: ReadonlyMap<string, number> = new Map(
  Object.entries(EDNS_OPTION).map(([name, code]) => [name.toLowerCase(), code]),
);

/** `+nsid`, `+cookie=2464c4abcf10c957`, `+opt65001=00` … */
function ednsOption(word: string): EdnsOption[] {
  const [key = '', hex = ''] = word.slice(1).split('=');
  const code = EDNS_OPTION_NAMES.get(key) ?? (key.startsWith('opt') ? Number(key.slice(3)) : undefined);
  if (code === undefined) return [];
  return [{ code, data: Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)) }];
}

function printEdns(edns: Edns): string {
  const options = edns.options.map(({ code, data }) => {
    const name = [...EDNS_OPTION_NAMES.keys()].find((each) => EDNS_OPTION_NAMES.get(each) === code) ?? `opt${code}`;
    return ` ${name}=${Array.from(data, (octet) => octet.toString(16).padStart(2, '0')).join('')}`;
  });
  return ` edns=${edns.udpSize}${edns.dnssecOk ? ' do' : ''}${options.join('')}`;
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
        const read = readEdns(reader);
        rcode |= read.extendedRcode << 4;
        edns = printEdns(read);
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
