import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { addressOf } from '../generator/recipe.ts';

/** The zones that every server of a bench serves, from one description: as zone files, and as change batches for Waypost. */
export interface BenchZone {
  readonly name: string;
  recordSets(): Iterable<BenchRecordSet>;
}

export interface BenchRecordSet {
  /** Within the zone. */
  readonly name: string;
  readonly type: 'A' | 'NS' | 'CNAME';
  readonly values: readonly string[];
}

export const TTL_SECONDS = 300;

function digits(index: number): string {
  return String(index).padStart(7, '0');
}

function address(index: number): string {
  return addressOf(index).join('.');
}

function hosts(name: string, count: number): BenchZone {
  return {
    name,
    *recordSets() {
      for (let index = 0; index < count; index += 1) {
        yield { name: `h${digits(index)}`, type: 'A', values: [address(index)] };
      }
    },
  };
}

const SMALL = 10_000;
export const LARGE = 1_000_000;
export const CHAINS = 1000;
export const CUTS = 1000;

export const SMALL_ZONES: readonly BenchZone[] = [
  hosts('hits.test', SMALL),
  {
    name: 'wild.test',
    *recordSets() {
      yield { name: '*', type: 'A', values: [address(0)] };
    },
  },
  {
    name: 'chain.test',
    *recordSets() {
      for (let index = 0; index < CHAINS; index += 1) {
        const to = (letter: string): string => `${letter}${digits(index)}.chain.test.`;
        yield { name: `c${digits(index)}`, type: 'CNAME', values: [to('d')] };
        yield { name: `d${digits(index)}`, type: 'CNAME', values: [to('e')] };
        yield { name: `e${digits(index)}`, type: 'CNAME', values: [to('h')] };
        yield { name: `h${digits(index)}`, type: 'A', values: [address(index)] };
      }
    },
  },
  {
    name: 'cuts.test',
    *recordSets() {
      for (let index = 0; index < CUTS; index += 1) {
        const cut = `s${digits(index)}`;
        yield { name: cut, type: 'NS', values: [`ns1.${cut}.cuts.test.`, `ns2.${cut}.cuts.test.`] };
        yield { name: `ns1.${cut}`, type: 'A', values: [address(index)] };
        yield { name: `ns2.${cut}`, type: 'A', values: [address(index)] };
      }
    },
  },
];

export const LARGE_ZONES: readonly BenchZone[] = [hosts('million.test', LARGE)];

/** A name of the zone that has been loaded when it is answered: zones load in order. */
export function lastName(zone: BenchZone): string {
  let last = '';
  for (const set of zone.recordSets()) last = set.name;
  return `${last.replace('*', 'any')}.${zone.name}.`;
}

export async function writeZoneFile(zone: BenchZone, file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write(`$ORIGIN ${zone.name}.\n$TTL ${TTL_SECONDS}\n`);
  out.write(`@ 900 SOA ns1.waypost.example. hostmaster.${zone.name}. 1 7200 900 1209600 86400\n`);
  out.write('@ 172800 NS ns1.waypost.example.\n');
  for (const { name, type, values } of zone.recordSets()) {
    const lines = values.map((value) => `${name} ${type} ${value}\n`).join('');
    if (!out.write(lines)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
