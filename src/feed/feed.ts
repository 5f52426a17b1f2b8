import { isEndpointType, type HealthCheckConfig } from '../core/health/health-check-config.ts';
import { percentHealthy, quorum, type Report } from '../core/health/quorum.ts';
import { NEW_STANDING, nextStanding, type Standing } from '../core/health/standing.ts';
import { enoughHealthy, statusOf, wellByMetric, type MetricState } from '../core/health/status.ts';
import { ofValues } from '../core/metrics/statistics.ts';
import type { HealthMeasurement } from './health-measurement.ts';
import type { StatusTable } from './status-table.ts';

/**
 * From what checkers and metrics say to the status table. Verdicts come in, one for each checker and check; the feed counts them,
 * lets fail-back delays pass, turns round what is inverted, adds up what is calculated, and writes what came out where the edge
 * reads it.
 *
 * A checker that has said nothing for a while does not count; when none says anything, the last status stands. Deliberately not
 * here: probing (checker), and what a status does to answers (core/routing).
 */
export interface FedCheck {
  readonly id: string;
  /** Its place in the status table. */
  readonly index: number;
  readonly config: HealthCheckConfig;
  readonly failBackDelayMilliseconds: number;
  /** A checker that has not reported for this long is silent. */
  readonly silenceMilliseconds: number;
}

export interface StatusChange {
  readonly id: string;
  readonly index: number;
  readonly healthy: boolean;
}

export interface FeedOptions {
  /** What is answered by. */
  readonly statuses: StatusTable;
  /** What was found, before Inverted and Disabled: the feed's own memory. */
  readonly found: StatusTable;
  /** A status that was known has changed. */
  onStatus(change: StatusChange): void;
  /** Something else was found than before. */
  onFound(): void;
}

interface Fed {
  check: FedCheck;
  standing: Standing;
  /** By checker. */
  readonly reports: Map<string, Report>;
  metric: MetricState;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #fed = new Map<string, Fed>();
  /** Child → calculated checks that count it, whether it is there or not. */
  readonly #parents = new Map<string, Set<string>>();
  /** Checks that are well and wait for their fail-back delay to pass. */
  readonly #recovering = new Set<string>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#fed.size;
  }

  /** Takes a check in, or takes over its new configuration. */
  watch(check: FedCheck, now: number): void {
    const known = this.#fed.get(check.id);
    if (known !== undefined) this.#unlink(known.check);
    const fed = known ?? this.#taken(check);
    fed.check = check;
    this.#fed.set(check.id, fed);
    for (const child of check.config.childHealthChecks ?? []) {
      const parents = this.#parents.get(child) ?? new Set();
      this.#parents.set(child, parents.add(check.id));
    }
    this.#look(fed, now);
  }

  /** The check was deleted: what still names it counts it as healthy. */
  forget(id: string, now: number): void {
    const fed = this.#fed.get(id);
    if (fed === undefined) return;
    this.#fed.delete(id);
    this.#recovering.delete(id);
    this.#unlink(fed.check);
    this.#options.statuses.clear(fed.check.index);
    this.#options.found.clear(fed.check.index);
    this.#options.onFound();
    this.#tellParents(id, now);
  }

  /** A checker has had a result and thinks this. */
  report(id: string, checker: string, healthy: boolean, now: number): void {
    const fed = this.#fed.get(id);
    if (fed === undefined) return;
    fed.reports.set(checker, { healthy, at: now });
    this.#look(fed, now);
  }

  /** The checker does not check this any more. */
  dismiss(id: string, checker: string): void {
    this.#fed.get(id)?.reports.delete(checker);
  }

  metric(id: string, state: MetricState, now: number): void {
    const fed = this.#fed.get(id);
    if (fed === undefined || fed.metric === state) return;
    fed.metric = state;
    this.#look(fed, now);
  }

  metricState(id: string): MetricState | undefined {
    return this.#fed.get(id)?.metric;
  }

  /** Lets fail-back delays pass. To be called about once a second. */
  tick(now: number): void {
    for (const id of this.#recovering) this.#look(this.#fed.get(id) as Fed, now);
  }

  /** How many endpoints no checker has reported on for too long; their status is the last that was known. */
  silent(now: number): number {
    let silent = 0;
    for (const { check, reports } of this.#fed.values()) {
      if (!isEndpointType(check.config.type) || check.config.disabled) continue;
      if (quorum(reports.values(), now, check.silenceMilliseconds) === undefined) silent += 1;
    }
    return silent;
  }

  /** Checks by status, for metrics. */
  counts(): { readonly healthy: number; readonly unhealthy: number } {
    let unhealthy = 0;
    for (const { check } of this.#fed.values()) if (this.#options.statuses.get(check.index) === false) unhealthy += 1;
    return { healthy: this.#fed.size - unhealthy, unhealthy };
  }

  /** What metrics are told of every check. It may be taken in parts: checks may come and go meanwhile. */
  *measurements(now: number): Generator<HealthMeasurement> {
    for (const { check, reports } of this.#fed.values()) {
      const { id: healthCheckId, index, config, silenceMilliseconds } = check;
      const healthy = this.#options.statuses.get(index) !== false;
      yield { healthCheckId, metric: 'HealthCheckStatus', set: ofValues([healthy ? 1 : 0]) };
      if (config.disabled) continue;
      if (config.type === 'CALCULATED') {
        const children = (config.childHealthChecks ?? []).filter((child) => this.#statusOf(child) !== false);
        yield { healthCheckId, metric: 'ChildHealthCheckHealthyCount', set: ofValues([children.length]) };
      }
      const percent = percentHealthy(reports.values(), now, silenceMilliseconds);
      if (percent !== undefined) {
        yield { healthCheckId, metric: 'HealthCheckPercentageHealthy', set: ofValues([percent]) };
      }
    }
  }

  #taken(check: FedCheck): Fed {
    const well = this.#options.found.get(check.index) ?? true;
    return {
      check,
      standing: well ? NEW_STANDING : { healthy: false, wellSince: undefined },
      reports: new Map(),
      metric: 'insufficient-data',
    };
  }

  /** Works the check's status out anew, and that of the checks that count it if it changed. */
  #look(fed: Fed, now: number): void {
    const { id, index, config } = fed.check;
    const well = this.#isWell(fed, now);
    if (well !== undefined && !config.disabled) this.#stands(fed, well, now);
    const healthy = statusOf(config, fed.standing.healthy);
    const before = this.#options.statuses.get(index);
    if (!this.#options.statuses.set(index, healthy)) return;
    // The first status of a check that is as it should be is no news.
    if (before !== undefined) this.#options.onStatus({ id, index, healthy });
    this.#tellParents(id, now);
  }

  /** Undefined: nobody knows, and the last standing is kept. */
  #isWell({ check, reports, metric, standing }: Fed, now: number): boolean | undefined {
    const { config } = check;
    if (config.type === 'CALCULATED') {
      const children = (config.childHealthChecks ?? []).map((child) => this.#statusOf(child));
      return enoughHealthy(config.healthThreshold ?? 0, children);
    }
    if (config.type === 'CLOUDWATCH_METRIC') {
      return wellByMetric(metric, config.insufficientDataHealthStatus ?? 'LastKnownStatus', standing.healthy);
    }
    return quorum(reports.values(), now, check.silenceMilliseconds);
  }

  #stands(fed: Fed, well: boolean, now: number): void {
    const { id, index, failBackDelayMilliseconds } = fed.check;
    fed.standing = nextStanding(fed.standing, well, now, failBackDelayMilliseconds);
    if (fed.standing.wellSince === undefined) this.#recovering.delete(id);
    else this.#recovering.add(id);
    if (this.#options.found.set(index, fed.standing.healthy)) this.#options.onFound();
  }

  #statusOf(id: string): boolean | undefined {
    const fed = this.#fed.get(id);
    return fed === undefined ? undefined : this.#options.statuses.get(fed.check.index);
  }

  #tellParents(id: string, now: number): void {
    for (const parent of this.#parents.get(id) ?? []) {
      const fed = this.#fed.get(parent);
      if (fed !== undefined) this.#look(fed, now);
    }
  }

  #unlink(check: FedCheck): void {
    for (const child of check.config.childHealthChecks ?? []) {
      const parents = this.#parents.get(child);
      parents?.delete(check.id);
      if (parents?.size === 0) this.#parents.delete(child);
    }
  }
}
