/** What the checkers count, in memory shared with the main thread: a place for each, in a Float64Array. */
export const COUNTER = {
  passed: 0,
  failed: 1,
  /** Probes that could not be tried. */
  inconclusive: 2,
  /** Turns that found the turn before still waiting for room. */
  skipped: 3,
  /** Probes under way. */
  inside: 4,
  /** Probes that wait for room. */
  waiting: 5,
  /** Health checks by status. */
  healthy: 6,
  unhealthy: 7,
  /** Endpoints that no checker reports on: their status is the last that was known. */
  silent: 8,
  statusChanges: 9,
  latenessSeconds: 10,
  /** Then one for each bucket of lateness, and one for what is later still. */
  lateness: 11,
} as const;

/** How late probes begin, upper bounds in seconds. */
export const LATENESS_BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

export const COUNTERS = COUNTER.lateness + LATENESS_BUCKETS.length + 1;

export function countLateness(counters: Float64Array, seconds: number): void {
  let bucket = 0;
  while (bucket < LATENESS_BUCKETS.length && seconds > (LATENESS_BUCKETS[bucket] as number)) bucket += 1;
  add(counters, COUNTER.lateness + bucket, 1);
  add(counters, COUNTER.latenessSeconds, seconds);
}

export function add(counters: Float64Array, place: number, value: number): void {
  counters[place] = (counters[place] as number) + value;
}
