import type { Registry } from 'prom-client';
import { COUNTER, LATENESS_BUCKETS } from '../checker/counters.ts';
import type { Health } from './health.ts';
import { readCounter, readGauge, readHistogram } from './read-metrics.ts';

/** What `/metrics` says about health checks. */
export function addHealthMetrics(registry: Registry, { checkers, webhooks }: Health): void {
  const at = (place: number): number => checkers.counters()[place] ?? 0;
  readCounter(registry, 'waypost_health_probes_total', 'probes by result', ['result'], (metric) => {
    metric.inc({ result: 'passed' }, at(COUNTER.passed));
    metric.inc({ result: 'failed' }, at(COUNTER.failed));
    metric.inc({ result: 'inconclusive' }, at(COUNTER.inconclusive));
    metric.inc({ result: 'skipped' }, at(COUNTER.skipped));
  });
  const totals: [string, string, () => number][] = [
    ['health_status_changes_total', 'changes of status', () => at(COUNTER.statusChanges)],
    ['checker_restarts_total', "times that the checkers' thread was started again", () => checkers.restarts()],
  ];
  for (const [name, help, read] of totals)
    readCounter(registry, `waypost_${name}`, help, [], (metric) => metric.inc(read()));
  const gauges: [string, string, () => number][] = [
    ['health_checks_healthy', 'health checks that are healthy', () => at(COUNTER.healthy)],
    ['health_checks_unhealthy', 'health checks that are unhealthy', () => at(COUNTER.unhealthy)],
    ['health_checks_silent', 'health checks that no checker reports on', () => at(COUNTER.silent)],
    ['health_probes_running', 'probes under way', () => at(COUNTER.inside)],
    ['health_probes_waiting', 'probes that wait for room', () => at(COUNTER.waiting)],
  ];
  for (const [name, help, read] of gauges) readGauge(registry, `waypost_${name}`, help, read);
  readHistogram(
    registry,
    { name: 'waypost_health_probe_lateness_seconds', help: 'how late probes begin', bounds: LATENESS_BUCKETS },
    (bucket) => at(COUNTER.lateness + bucket),
    () => at(COUNTER.latenessSeconds),
  );
  if (webhooks === undefined) return;
  readCounter(registry, 'waypost_webhooks_total', 'webhooks by outcome', ['outcome'], (metric) => {
    const { delivered, failed, dropped } = webhooks.counts();
    metric.inc({ outcome: 'delivered' }, delivered);
    metric.inc({ outcome: 'failed' }, failed);
    metric.inc({ outcome: 'dropped' }, dropped);
  });
  readGauge(registry, 'waypost_webhooks_waiting', 'webhooks that wait', () => webhooks.counts().waiting);
}
