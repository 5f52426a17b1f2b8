import { ZonesInMemory } from '../../src/core/zone/zone-from-text.ts';
import { type Random } from './random.ts';
import { printLabels, same, type Labels, type ReferenceRecord, type ReferenceZone } from './reference-answerer.ts';

/**
 * Small zones in which what name servers get wrong lies close together: few labels, so that names meet; wildcards at and below
 * each other, cuts and what they hide, chains and loops of CNAMEs, and zones within zones.
 */
export interface RandomRecord extends ReferenceRecord {
  /** As Route 53 has it: absolute names, octal escapes. */
  readonly stored: string;
}

export interface RandomZone extends ReferenceZone {
  readonly records: readonly RandomRecord[];
}

const LABELS = ['a', 'b', 'c', 'd', '*', '*', 'x.y', '\0', '\xe9', '_tcp', 'ns', 'l'.repeat(63)] as const;
/** Outermost first. Some are enclosed by others, some are not; a secondary may hold the root or a wildcard's name. */
const APEXES: readonly Labels[] = [
  ['t'],
  ['a', 't'],
  ['b', 'a', 't'],
  ['c', 'b', 'a', 't'],
  ['a', 'd', 't'],
  ['*', 't'],
  ['x.y', 't'],
  ['u'],
  [],
];
const RARE_TYPES = ['AAAA', 'TXT', 'MX', 'DS', 'SRV', 'HTTPS', 'SVCB', 'PTR', 'CAA'] as const;
/** The types that steer a lookup come more often. */
export const RANDOM_TYPES = ['A', 'A', 'A', 'NS', 'NS', 'NS', 'CNAME', 'CNAME', 'CNAME', ...RARE_TYPES] as const;
export type RandomType = (typeof RANDOM_TYPES)[number];

export function randomZones(random: Random): RandomZone[] {
  const apexes = Array.from({ length: 1 + random.below(4) }, () => random.pick(APEXES));
  return apexes.map((apex) => randomZone(random, apex, apexes));
}

function randomZone(random: Random, apex: Labels, apexes: readonly Labels[]): RandomZone {
  const ttlSeconds = random.pick([0, 60, 900]);
  const soa = `ns.t. host.t. 1 7200 900 1209600 ${random.pick([0, 30, 86_400])}`;
  const records: RandomRecord[] = [{ owner: apex, type: 'SOA', ttlSeconds, value: soa, stored: soa }];
  addSet(random, records, apex, apex, 'NS', apexes);
  for (let left = random.below(16); left > 0; left -= 1) {
    const owner = random.oneIn(8) ? apex : randomName(random, records, apex);
    addSet(random, records, apex, owner, random.pick(RANDOM_TYPES), apexes);
  }
  if (random.oneIn(3)) addDelegation(random, records, apex);
  return { apex, records };
}

/** A cut with servers below it, whose addresses are glue, and beside it, whose addresses only help; often too many for a datagram. */
function addDelegation(random: Random, records: RandomRecord[], apex: Labels): void {
  const cut = randomName(random, records, apex);
  if (!fits(records, apex, cut, 'NS') || wireOctets(cut) > 200) return;
  for (let left = 1 + random.below(random.oneIn(5) ? 60 : 12); left > 0; left -= 1) {
    const target = [`n${left}`, ...(random.oneIn(2) ? cut : apex)];
    const named = { value: printLabels(target), stored: printStored(target), target };
    records.push({ owner: cut, type: 'NS', ttlSeconds: 300, ...named });
    for (let host = random.below(4); host > 0; host -= 1) {
      const address = `192.0.2.${host}`;
      records.push({ owner: target, type: 'A', ttlSeconds: 60, value: address, stored: address });
    }
  }
}

/** A name in the zone: below its apex or below a name that is there already. */
export function randomName(random: Random, records: readonly ReferenceRecord[], apex: Labels): Labels {
  const below = random.oneIn(2) ? apex : (records[random.below(records.length)]?.owner ?? apex);
  const labels = Array.from({ length: 1 + random.below(3) }, () => random.pick(LABELS));
  const name = [...labels, ...below];
  return wireOctets(name) <= 255 ? name : apex;
}

export function wireOctets(name: Labels): number {
  return name.reduce((octets, label) => octets + 1 + label.length, 1);
}

/** Adds a set unless the rules of a zone forbid it (RFC 1034 §3.6.2, RFC 4592 §4.2, RFC 4035 §2.4). */
function addSet(
  random: Random,
  records: RandomRecord[],
  apex: Labels,
  owner: Labels,
  type: RandomType,
  apexes: readonly Labels[],
): void {
  if (!fits(records, apex, owner, type)) return;
  records.push(...randomSet(random, records, apex, owner, type, apexes));
}

export function fits(records: readonly ReferenceRecord[], apex: Labels, owner: Labels, type: string): boolean {
  const atApex = same(owner, apex);
  const others = records.filter((each) => same(each.owner, owner)).map((each) => each.type);
  if (others.includes(type) || others.includes('CNAME')) return false;
  if (type === 'CNAME') return others.length === 0 && !atApex;
  if (type === 'NS') return owner[0] !== '*' || atApex;
  return type !== 'DS' || !atApex;
}

export function randomSet(
  random: Random,
  records: readonly ReferenceRecord[],
  apex: Labels,
  owner: Labels,
  type: RandomType,
  apexes: readonly Labels[],
): RandomRecord[] {
  if (type !== 'NS' && random.oneIn(10)) {
    const alias = random.oneIn(4) ? randomName(random, records, apex) : random.pick(records).owner;
    return [{ owner, type, ttlSeconds: 0, value: '', stored: '', alias }];
  }
  const ttlSeconds = random.pick([0, 5, 60, 3600, 0x7fffffff]);
  const set: RandomRecord[] = [];
  for (let left = type === 'CNAME' ? 1 : valuesIn(random, type); left > 0; left -= 1) {
    const target = randomTarget(random, records, apex, apexes);
    const { value, stored } = randomValue(random, type, target);
    if (set.some((each) => each.value === value)) continue;
    set.push({ owner, type, ttlSeconds, value, stored, ...(hasTarget(type) ? { target } : {}) });
  }
  return set;
}

/** Now and then too many for a datagram. */
function valuesIn(random: Random, type: RandomType): number {
  if (!random.oneIn(12)) return 1 + random.below(3);
  return type === 'TXT' ? 1 + random.below(12) : 1 + random.below(90);
}

function hasTarget(type: RandomType): boolean {
  return ['NS', 'MX', 'SRV', 'CNAME', 'HTTPS', 'SVCB', 'PTR'].includes(type);
}

function randomTarget(
  random: Random,
  records: readonly ReferenceRecord[],
  apex: Labels,
  apexes: readonly Labels[],
): Labels {
  switch (random.below(12)) {
    case 0:
      return [];
    case 1:
      return ['elsewhere', 'example'];
    case 2:
    case 3:
      return random.pick(apexes);
    case 4:
      return randomName(random, [], random.pick(apexes));
    case 5:
    case 6:
    case 7:
      return randomName(random, records, apex);
    default:
      return random.pick(records).owner;
  }
}

function randomValue(random: Random, type: RandomType, target: Labels): { value: string; stored: string } {
  const both = (text: string): { value: string; stored: string } => ({ value: text, stored: text });
  const named = (before: string, after = ''): { value: string; stored: string } => ({
    value: before + printLabels(target) + after,
    stored: before + printStored(target) + after,
  });
  switch (type) {
    case 'A':
      return both(`192.0.2.${random.below(256)}`);
    case 'AAAA':
      return both(`2001:db8::${1 + random.below(9999)}`);
    case 'TXT':
      return both(
        Array.from(
          { length: 1 + random.below(2) },
          () => `"${random.pick('xyz'.split('')).repeat(random.below(256))}"`,
        ).join(' '),
      );
    case 'DS':
      return both(`${random.below(65_536)} 13 2 ${String(random.below(10)).repeat(64)}`);
    case 'CAA':
      return both(`0 issue "${random.below(1000)}.example"`);
    case 'MX':
      return named(`${random.below(65_536)} `);
    case 'SRV':
      return named(`${random.below(9)} 1 ${random.below(65_536)} `);
    case 'HTTPS':
    case 'SVCB':
      return random.oneIn(3) ? named('0 ') : named('1 ', ` alpn="h2" port=${random.below(65_536)}`);
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return named('');
  }
}

/** A name as Route 53 stores it: everything but letters, digits, `-` and `_` in octal. */
export function printStored(labels: Labels): string {
  if (labels.length === 0) return '.';
  const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return labels.map((label) => `${label.replace(/[^a-z0-9_-]/g, octal)}.`).join('');
}

export function zonesInMemory(zones: readonly RandomZone[]): ZonesInMemory {
  const memory = new ZonesInMemory();
  for (const { apex, records } of zones) {
    const id = memory.addZone(printStored(apex));
    for (const { owner, type, ttlSeconds, stored, alias } of records) {
      if (alias === undefined) memory.addValue(id, printStored(owner), type, ttlSeconds, stored);
      else memory.addAlias(id, printStored(owner), type, printStored(alias));
    }
  }
  return memory;
}

/** As zone text of zone-from-text.ts, to paste into a scenario. */
export function zonesAsText(zones: readonly RandomZone[]): string {
  return zones
    .flatMap(({ apex, records }) => [
      `$ZONE ${printStored(apex)}`,
      ...records.map(({ owner, type, ttlSeconds, stored, alias }) =>
        alias === undefined
          ? `${printStored(owner)} ${ttlSeconds} ${type} ${stored}`
          : `${printStored(owner)} ALIAS ${type} ${printStored(alias)}`,
      ),
    ])
    .join('\n');
}
