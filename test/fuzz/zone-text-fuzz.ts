import { parseName, printName } from '../../src/core/dns/name.ts';
import { PresentationError } from '../../src/core/dns/presentation-error.ts';
import { rdataType, rdataWire, readRdata } from '../../src/core/dns/rdata-types.ts';
import { typeName } from '../../src/core/dns/record-type.ts';
import { WireReader } from '../../src/core/dns/wire-reader.ts';
import { parseZoneText, type ZoneRecord } from '../../src/core/dns/zone-text.ts';
import { randomZones, type RandomRecord, type RandomZone } from './random-zones.ts';
import { Random } from './random.ts';
import { isWithin, printLabels, type Labels } from './reference-answerer.ts';

/**
 * Zone files. Half of them are right, written in every way that RFC 1035 §5 allows, and must be read as the records that they stand
 * for. The others are damaged: they are refused as text or, if they are read, what was read is written and read again alike.
 */
export function fuzzZoneText(files: number, seed: number): void {
  const random = new Random(seed);
  for (let count = 0; count < files; count += 1) {
    const zone = random.pick(randomZones(random));
    const text = zoneFile(random, zone);
    const origin = printLabels(zone.apex);
    try {
      if (random.oneIn(2)) checkRecords(zone, parseZoneText(text, parseName(origin)));
      else checkDamaged(damaged(random, text), origin);
    } catch (error) {
      throw new Error(`seed ${seed}, file ${count}, origin ${origin}: ${String(error)}\n${text}`, { cause: error });
    }
  }
}

function checkRecords(zone: RandomZone, records: readonly ZoneRecord[]): void {
  const expected = plain(zone).map(({ owner, ttlSeconds, type, value }) =>
    `${printLabels(owner)} ${ttlSeconds} ${type} ${value}`.toLowerCase(),
  );
  const read = records.map(({ name, ttlSeconds, type, text }) =>
    `${printName(name)} ${ttlSeconds} ${typeName(type)} ${text}`.toLowerCase(),
  );
  for (const [index, line] of expected.entries()) {
    if (read[index] !== line) throw new Error(`record ${index} is ${read[index]}, but should be ${line}`);
  }
  if (read.length !== expected.length) throw new Error(`${read.length} records, but should be ${expected.length}`);
}

/** Aliases are Route 53's; a zone file has none. */
function plain(zone: RandomZone): RandomRecord[] {
  return zone.records.filter(({ alias }) => alias === undefined);
}

function checkDamaged(text: string, origin: string): void {
  let records: readonly ZoneRecord[];
  try {
    records = parseZoneText(text, parseName(origin));
  } catch (error) {
    if (error instanceof PresentationError) return;
    throw new Error(`${String(error)} from ${JSON.stringify(text)}`, { cause: error });
  }
  const written = records.map(
    ({ name, ttlSeconds, type, text: data }) => `${printName(name)} ${ttlSeconds} ${typeName(type)} ${data}\n`,
  );
  const again = parseZoneText(written.join(''), parseName('.'));
  for (const [index, record] of records.entries()) {
    const other = again[index];
    const octets = rdataWire(record.type, record.text, 'zone-file');
    const read = rdataType(record.type).print(readRdata(record.type, new WireReader(octets), octets.length));
    if (
      other === undefined ||
      other.text !== record.text ||
      read !== record.text ||
      printName(other.name) !== printName(record.name)
    ) {
      throw new Error(`${written[index]} is read again as ${other?.text} and from the wire as ${read}`);
    }
  }
}

/** The zone as somebody may have written it: relative names, origins, left-out owners, parentheses, comments, units of time. */
function zoneFile(random: Random, zone: RandomZone): string {
  let origin = zone.apex;
  let owner: Labels | undefined;
  let text = random.oneIn(2) ? '' : `; ${'comment (" \\'.slice(0, random.below(12))}\n`;
  for (const record of plain(zone)) {
    if (random.oneIn(8)) {
      origin = random.oneIn(2) ? zone.apex : record.owner;
      text += `${random.pick(['$ORIGIN', '$origin'])} ${printLabels(origin)}${lineEnd(random)}`;
    }
    const sameOwner = owner !== undefined && printLabels(owner) === printLabels(record.owner);
    const name = sameOwner && random.oneIn(2) ? ' ' : relative(random, record.owner, origin);
    owner = record.owner;
    const ttl = random.oneIn(3) ? withUnits(random, record.ttlSeconds) : String(record.ttlSeconds);
    const [first, second] = random.oneIn(2)
      ? [ttl, random.pick(['IN', 'in', 'CLASS1'])]
      : [random.pick(['IN', '']), ttl];
    const type = random.oneIn(4) ? record.type.toLowerCase() : record.type;
    const head = [name, first, second, type].filter((each) => each !== '').join(random.pick([' ', '\t', '   ']));
    text += `${head} ${wrapped(random, record.value)}${lineEnd(random)}`;
  }
  return random.oneIn(10) ? text.trimEnd() : text;
}

function lineEnd(random: Random): string {
  return random.pick(['\n', '\n', ' \n', '\r\n', ' ; end ) "\n', '\n\n']);
}

function relative(random: Random, name: Labels, origin: Labels): string {
  if (origin.length > 0 && isWithin(name, origin) && random.oneIn(2)) {
    if (name.length === origin.length) return '@';
    return printLabels(name.slice(0, name.length - origin.length)).slice(0, -1);
  }
  return printLabels(name);
}

function withUnits(random: Random, seconds: number): string {
  if (seconds === 0 || random.oneIn(2)) return `${seconds}${random.pick(['s', 'S'])}`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return `${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${rest}s` : ''}`;
}

/** Parentheses and line ends between fields; strings keep what is inside their quotation marks. */
function wrapped(random: Random, value: string): string {
  if (!random.oneIn(4)) return value;
  const fields = value.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  return `(${fields.map((field) => `${random.pick([' ', '\n', '\n\t', ' ; a ) comment\n '])}${field}`).join('')}${random.pick([' ', '\n', ''])})`;
}

const PIECES = [
  '(',
  ')',
  '"',
  '\\',
  ';',
  '\n',
  '\r',
  '\t',
  ' ',
  '@',
  '.',
  '..',
  '$ORIGIN ',
  '$TTL ',
  '$INCLUDE x',
  '\\000',
  '\\256',
  '\\1',
  '*',
  'IN',
  'TYPE65280 \\# 2 abcd',
  'A \\# 4 c0000201',
  '-1',
  '4294967296',
  '1w',
  '\u00e4',
  '\0',
  '\uffff',
] as const;

function damaged(random: Random, text: string): string {
  let changed = text;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const at = random.below(changed.length + 1);
    const piece = random.pick(PIECES);
    const skip = random.oneIn(2) ? 0 : random.below(6);
    if (random.oneIn(6)) changed = changed.slice(0, at);
    else if (random.oneIn(8)) changed = changed.slice(0, at) + changed.slice(random.below(at + 1), at + 200);
    else changed = changed.slice(0, at) + piece + changed.slice(at + skip);
  }
  return changed;
}
