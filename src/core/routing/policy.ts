import type { Asker } from './asker.ts';

/**
 * The one shape of routing policies; each has a file of its own under policies/. A policy is made for a group's terms when a tree is
 * built: it writes down in words what it will pick by, and says what it thinks of each candidate. The same file's pick reads those words for
 * every query: it gives the place of the candidate that answers, or `NONE` when none is for this client, which is NODATA. choose.ts
 * knows which pick is whose by the code.
 */
export interface Policy {
  /** Route 53's name of it: `weighted`, `latency` … */
  readonly name: string;
  /** One of `POLICY`. */
  readonly code: number;
  /** What it picks by. */
  readonly words: readonly number[];
  /** What it thinks of the candidate at this place, for this client, in words for `explain`. */
  thought(index: number, asker: Asker): string;
}

export const NONE = -1;

/** The most candidates that answer at once: multivalue's eight. */
export const SEVERAL_MAX = 8;
