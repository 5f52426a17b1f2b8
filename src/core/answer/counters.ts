/** What an answerer counts, at fixed places of an array that others may read while it runs. */
export const COUNTER = {
  queriesUdp: 0,
  queriesTcp: 1,
  dropped: 2,
  planHits: 3,
  planMisses: 4,
  planLaps: 5,
  planBytes: 6,
  planEntries: 7,
  truncated: 8,
  internalErrors: 9,
  queriesTls: 10,
  queriesHttps: 11,
  /** Answers above a network's rate: those that were not sent, and those sent truncated in their stead. */
  rateDropped: 12,
  rateSlipped: 13,
  /** The first of sixteen, one for each rcode of the header. */
  rcodes: 16,
} as const;

export const COUNTERS = 32;
