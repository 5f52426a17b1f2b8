/**
 * From the checkers' verdicts to what is thought of the endpoint: it is healthy when more than 18 % of the checkers that report
 * say so, which lets one region's bad network outvote nobody.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export interface Report {
  readonly healthy: boolean;
  /** When the checker last had a result; milliseconds of any steady clock. */
  readonly at: number;
}

const HEALTHY_PERCENT = 18;

/**
 * Whether the endpoint is healthy, or undefined while nobody reports: then the last status stands. A checker that has had no result
 * for `silenceMilliseconds` does not count.
 */
export function quorum(reports: Iterable<Report>, now: number, silenceMilliseconds: number): boolean | undefined {
  const percent = percentHealthy(reports, now, silenceMilliseconds);
  return percent === undefined ? undefined : percent > HEALTHY_PERCENT;
}

/** How many of a hundred checkers that report say that it is healthy; undefined while nobody reports. */
export function percentHealthy(
  reports: Iterable<Report>,
  now: number,
  silenceMilliseconds: number,
): number | undefined {
  let reporting = 0;
  let healthy = 0;
  for (const report of reports) {
    if (now - report.at > silenceMilliseconds) continue;
    reporting += 1;
    if (report.healthy) healthy += 1;
  }
  return reporting === 0 ? undefined : (healthy * 100) / reporting;
}
