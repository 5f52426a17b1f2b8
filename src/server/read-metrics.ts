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
