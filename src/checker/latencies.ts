import { ofValues, together, type StatisticSet } from '../core/metrics/statistics.ts';
import type { LatencyMetric } from '../feed/health-measurement.ts';
import type { Timings } from './outcome.ts';

/** How long the phases of a checker's probes of one endpoint took, milliseconds, since it was last asked. */
export class Latencies {
  readonly #sets = new Map<LatencyMetric, StatisticSet>();

  add({ connectMilliseconds, handshakeMilliseconds, firstOctetMilliseconds }: Timings): void {
    this.#addOne('ConnectionTime', connectMilliseconds);
    this.#addOne('SSLHandshakeTime', handshakeMilliseconds);
    this.#addOne('TimeToFirstByte', firstOctetMilliseconds);
  }

  take(): readonly (readonly [LatencyMetric, StatisticSet])[] {
    const taken = [...this.#sets];
    this.#sets.clear();
    return taken;
  }

  #addOne(metric: LatencyMetric, milliseconds: number | undefined): void {
    if (milliseconds === undefined) return;
    const set = ofValues([milliseconds]);
    const before = this.#sets.get(metric);
    this.#sets.set(metric, before === undefined ? set : together(before, set));
  }
}
