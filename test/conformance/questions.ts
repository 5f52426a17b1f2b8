import { printName, parseName } from '../../src/core/dns/name.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { Random } from '../fuzz/random.ts';
import { DO, FLAG, type EdnsOffer, type Query } from './query.ts';
import { trickyZones } from './tricky-zone.ts';

const TYPES = [
  ...Object.values(TYPE).filter((type) => type !== TYPE.OPT && type < 249),
  TYPE.CAA,
  TYPE.ANY,
  // KEY, DNAME, LOC, URI and one that nobody knows.
  25,
  39,
  29,
  256,
  65_280,
];
const UDP_SIZES = [0, 100, 511, 512, 513, 800, 1232, 4096, 65_535] as const;
/** DAU, expire, padding, and two that nobody knows: what a server makes of them is nobody's business here. */
const OPTIONS = [5, 9, 12, 65_001, 65_535] as const;

/** Every name of the zones, the names between them and the root, and names beside and below each that nobody wrote down. */
function names(): string[] {
  const all = new Set<string>([
    'elsewhere.example.',
    'trickytest.',
    'any.wild.tricky.test.',
    'a.b.c.wild.tricky.test.',
  ]);
  for (const { owner } of trickyZones.flatMap(({ lines }) => lines)) {
    for (let name = printName(parseName(owner, 'route53')); ; name = name.slice(firstLabelLength(name) + 1) || '.') {
      for (const prefix of ['', 'nobody.', '*.', 'a.b.']) {
        const below = name === '.' ? prefix || '.' : prefix + name;
        if (isName(below)) all.add(below);
      }
      if (name === '.') break;
    }
  }
  return [...all];
}

function firstLabelLength(name: string): number {
  return (/^(?:\\[0-9]{3}|\\.|[^.\\])*/.exec(name) as RegExpExecArray)[0].length;
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

/** Every name with every type; the seed picks all else: case, flags, EDNS, transport, and now and then a class. */
export function questions(seed: number): Query[] {
  const random = new Random(seed);
  return names().flatMap((name) => TYPES.map((type) => question(random, name, type)));
}

function question(random: Random, name: string, type: number): Query {
  const some = (flag: number, one: number): number => (random.oneIn(one) ? flag : 0);
  const cased = name.replace(/(\\[0-9]{3})|([a-z])/g, (all, escape) =>
    escape === undefined && random.oneIn(2) ? all.toUpperCase() : all,
  );
  return {
    name: cased,
    type,
    flags:
      some(FLAG.RD, 2) | some(FLAG.CD, 4) | some(FLAG.AD, 4) | some(FLAG.AA, 8) | some(FLAG.RA, 8) | some(FLAG.Z, 16),
    edns: random.oneIn(3) ? undefined : ednsOffer(random),
    transport: random.oneIn(6) ? 'tcp' : 'udp',
  };
}

function ednsOffer(random: Random): EdnsOffer {
  return {
    udpSize: random.pick(UDP_SIZES),
    version: 0,
    flags: (random.oneIn(2) ? DO : 0) | (random.oneIn(8) ? random.below(DO) : 0),
    options: random.oneIn(6) ? [random.pick(OPTIONS), random.pick(OPTIONS)] : [],
  };
}
