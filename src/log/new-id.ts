import { randomInt, randomUUID } from 'node:crypto';
import type { Given } from '../core/control/operation.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** 36¹³ ≈ 1.7 × 10²⁰ ids: a clash among a billion is one in three hundred. Ids of changes, of which there are more, are longer. */
const LENGTH = { 'hosted-zone': 13, 'delegation-set': 13, change: 19, 'zone-data': 19 } as const;
const PREFIX = { 'hosted-zone': 'Z', 'delegation-set': 'N', change: 'C', 'zone-data': 'D' } as const;

/** An id as Route 53 writes it: `Z0123…` for what it has had for long, a UUID for what came later. */
export const newId: Given['newId'] = (kind) => {
  if (kind === 'cidr-collection' || kind === 'health-check') return randomUUID();
  let id: string = PREFIX[kind];
  for (let at = 0; at < LENGTH[kind]; at += 1) id += ALPHABET[randomInt(ALPHABET.length)];
  return id;
};
