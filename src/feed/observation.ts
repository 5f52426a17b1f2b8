/** What one checker has seen of one endpoint: telemetry, kept in memory and lost with it. */
export interface Observation {
  readonly region: string;
  /** The checker's own address, as the endpoint sees it; absent when no connection was tried. */
  readonly ipAddress?: string;
  /** In Route 53's words. */
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
}

export interface Observed {
  /** One for each checker that has had a result. */
  readonly last: readonly Observation[];
  /** One for each checker: its last failure, or since when there has been none. */
  readonly failures: readonly Observation[];
}
