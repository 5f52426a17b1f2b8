import { parseName, printName } from '../../src/core/dns/name.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import type { TrickyZone } from '../conformance/tricky-zone.ts';
import type { Random } from '../fuzz/random.ts';
import type { Question } from './validator.ts';

/** What is no data of its own, or no question (RFC 9824 §3.3). At a cut NSEC is the parent's or the child's, as it comes. */
const NOT_ASKED: readonly number[] = [
  TYPE.OPT,
  TYPE.RRSIG,
  TYPE.NSEC,
  TYPE.NXNAME,
  TYPE.TSIG,
  TYPE.IXFR,
  TYPE.AXFR,
  TYPE.ANY,
];

/** All others that we know, and KEY, LOC, DNAME, URI and one that nobody knows. */
export const TYPES: readonly number[] = [
  ...Object.values(TYPE).filter((type) => !NOT_ASKED.includes(type)),
  25,
  29,
  39,
  256,
  65_280,
];
const TYPES_OF_A_NON_NAME = [TYPE.A, TYPE.TXT, TYPE.DS, TYPE.HTTPS, 65_280];

/** Every owner, and every name between it and its zone's origin. */
export function namesOf(zones: readonly TrickyZone[]): string[] {
  const names = new Set<string>();
  for (const { origin, lines } of zones)
    for (const { owner } of lines)
      for (let name = inWireOrder(owner); name !== origin; name = parentOf(name)) names.add(name);
  for (const { origin } of zones) names.add(origin);
  return [...names];
}

function inWireOrder(owner: string): string {
  return printName(parseName(owner, 'route53'));
}

function parentOf(name: string): string {
  return name.replace(/^(?:\\[0-9]{3}|\\.|[^.\\])*\./, '');
}

/** Names with every type. */
export function everyType(names: readonly string[]): Question[] {
  return names.flatMap((name) => TYPES.map((type) => ({ name, type })));
}

/** A name beside, below and at the wildcard of each of the names, with some types. */
export function besideAndBelow(names: readonly string[], random: Random): Question[] {
  return names
    .flatMap((name) => ['nobody.', '*.', 'a.b.'].map((prefix) => prefix + name))
    .filter(isName)
    .flatMap((name) => [TYPE.A, random.pick(TYPES)].map((type) => ({ name, type })));
}

/** Names that nobody thought of: labels of any octets, deep, in capitals, as long as can be, each below a name that is there. */
export function nonNames(names: readonly string[], count: number, random: Random): Question[] {
  const found: Question[] = [];
  while (found.length < count) {
    const below = random.pick(names);
    const name = random.pick(KINDS)(random) + (random.oneIn(4) ? below.toUpperCase() : below);
    if (isName(name)) found.push({ name, type: random.pick(TYPES_OF_A_NON_NAME) });
  }
  return found.map(({ name, type }, index) => ({ name: index % 10 === 0 ? asLongAsCanBe(name) : name, type }));
}

const KINDS: readonly ((random: Random) => string)[] = [
  (random) => `${letters(random, 1 + random.below(20))}.`,
  (random) => `${letters(random, 8).toUpperCase()}.`,
  (random) => `${letters(random, 63)}.`,
  (random) => `${octets(random, 1 + random.below(12))}.`,
  (random) => `${octets(random, 1)}.`,
  (random) => Array.from({ length: 2 + random.below(30) }, () => `${letters(random, 1)}.`).join(''),
  (random) => `*.${letters(random, 5)}.`,
  (random) => `${letters(random, 5)}.*.`,
  (random) => `\\000.${letters(random, 5)}.`,
  (random) => `_${letters(random, 4)}._tcp.`,
];

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(97 + random.below(26))).join('');
}

/** All of them, dots too, as decimal escapes. */
function octets(random: Random, count: number): string {
  return Array.from({ length: count }, () => `\\${String(random.below(256)).padStart(3, '0')}`).join('');
}

/** 255 octets, most of them in few labels. */
function asLongAsCanBe(name: string): string {
  let longer = name;
  for (let length = 63; length > 0; length -= 1)
    while (isName(`${'z'.repeat(length)}.${longer}`)) longer = `${'z'.repeat(length)}.${longer}`;
  return longer;
}

/** Not longer than 255 octets. */
function isName(text: string): boolean {
  try {
    parseName(text);
    return true;
  } catch {
    return false;
  }
}
