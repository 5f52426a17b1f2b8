import type { Asker } from './asker.ts';
import type { Candidate } from './tree.ts';

/**
 * The one shape of routing policies; each has a file of its own under policies/. A policy is made once for a group, with what it can
 * work out beforehand, and picks for every query.
 */
export type Policy = PolicyOfOne | PolicyOfSeveral;

export interface PolicyOfOne {
  /** Route 53's name of it: `weighted`, `latency` … */
  readonly name: string;
  readonly several: false;
  /** What it thinks of the candidate at this place, for this client, in words for `explain`. */
  thought(index: number, asker: Asker): string;
  /** Place of the candidate that answers, or `NONE`: none is for this client, which is NODATA. */
  pick(candidates: readonly Candidate[], asker: Asker): number;
}

export interface PolicyOfSeveral {
  readonly name: string;
  readonly several: true;
  thought(index: number, asker: Asker): string;
  /** Writes the places of the candidates that answer into `picked`, and gives how many they are. */
  pick(candidates: readonly Candidate[], asker: Asker, picked: Int32Array): number;
}

export const NONE = -1;

/** The most candidates that answer at once: multivalue's eight. */
export const SEVERAL_MAX = 8;
