import type { BenchZone } from '../peers/zones.ts';

/** What the servers of the routed bench serve: as many names of each kind, each with the same choice to make. */
export const ZONE = 'routed.test';
export const NAMES = 1000;

/** Weighted, in every kind that draws: one in four is the first. */
export const WEIGHTS: readonly (readonly [address: string, weight: number])[] = [
  ['10.1.0.1', 1],
  ['10.1.0.2', 3],
];
export const PAIR = { primary: '10.2.0.1', secondary: '10.2.0.2' } as const;

export function nameOf(kind: 's' | 'w' | 'f' | 'g', index: number): string {
  return `${kind}${String(index).padStart(7, '0')}`;
}

/** The simple names, and one that every server answers once all are loaded; what is routed, each server says in its own way. */
export const SIMPLE: BenchZone = {
  name: ZONE,
  *recordSets() {
    for (let index = 0; index < NAMES; index += 1) yield { name: nameOf('s', index), type: 'A', values: ['10.0.0.1'] };
    yield { name: 'ready', type: 'A', values: ['10.0.0.1'] };
  },
};

export function eachName(line: (index: number) => string): string {
  return Array.from({ length: NAMES }, (_, index) => line(index)).join('');
}
