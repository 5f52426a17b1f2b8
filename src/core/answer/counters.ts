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
  /** Answers of BADVERS, which `rcodes` has under NOERROR: the header has four bits of an rcode, and OPT the others. */
  badVersion: 14,
  /** How long queries waited for their answers, added up. */
  answerSeconds: 15,
  /** The first of sixteen, one for each rcode of the header. */
  rcodes: 16,
  /** Signatures made, answers that were not signed because others took the time, and those that nobody here could sign. */
  signatures: 32,
  signingPutOff: 33,
  signingFailed: 34,
  /** Queries of networks that asked for more than their share of a worker that is asked for more than it can answer. */
  overShare: 35,
  /** The first of one for each of `ANSWER_BUCKETS` and one for what took longer still. */
  answerTimes: 36,
} as const;

/** Upper bounds in seconds: a cached answer of a small batch is in the first; a resolver asks someone else after the last. */
export const ANSWER_BUCKETS = [0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] as const;

export const COUNTERS = COUNTER.answerTimes + ANSWER_BUCKETS.length + 1;

/** Counts answers that took this long, each. */
export function countAnswers(counters: Float64Array, answers: number, seconds: number): void {
  let bucket = 0;
  while (bucket < ANSWER_BUCKETS.length && seconds > (ANSWER_BUCKETS[bucket] as number)) bucket += 1;
  counters[COUNTER.answerTimes + bucket]! += answers;
  counters[COUNTER.answerSeconds]! += answers * seconds;
}
