import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics whose values are counted elsewhere and read when somebody asks. */

export function readCounter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  fill: (metric: Counter) => void,
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      fill(this as Counter);
    },
  });
}

/**
 * A histogram that was counted in another thread, series by series: prom-client's own can only be observed. `bounds` are seconds, and
 * `at` gives how many were in each bucket by itself; behind the last is what was above all bounds.
 */
export function readHistogram(
  registry: Registry,
  { name, help, bounds }: { readonly name: string; readonly help: string; readonly bounds: readonly number[] },
  at: (bucket: number) => number,
  sumSeconds: () => number,
): void {
  const upTo = (bucket: number): number => {
    let sum = 0;
    for (let each = 0; each <= bucket; each += 1) sum += at(each);
    return sum;
  };
  readCounter(registry, `${name}_bucket`, help, ['le'], (metric) => {
    for (const [bucket, bound] of bounds.entries()) metric.inc({ le: String(bound) }, upTo(bucket));
    metric.inc({ le: '+Inf' }, upTo(bounds.length));
  });
  readCounter(registry, `${name}_sum`, `${help}, added up`, [], (metric) => metric.inc(sumSeconds()));
  readCounter(registry, `${name}_count`, `${help}: how many`, [], (metric) => metric.inc(upTo(bounds.length)));
}

export function readGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
