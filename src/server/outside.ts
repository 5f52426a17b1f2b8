import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { outsideTargetCount } from '../core/control/outside-targets.ts';
import type { Log } from '../log/log.ts';
import { openOutsideHosts, type OutsideHosts } from '../resolve/outside-hosts.ts';
import type { Config } from './config.ts';
import { readCounter, readGauge } from './read-metrics.ts';

/** The hosts outside that a member's aliases lead to, and what its log says of them. */
export function openMemberOutside(config: Config, memory: SharedArrayBuffer, log: Log, logger: Logger): OutsideHosts {
  const { resolvers } = config;
  const hosts = openOutsideHosts({
    directory: config.dataDirectory,
    memory,
    resolvers: resolvers === 'system' ? [] : resolvers,
    view: () => log.view(),
    onFailing: (count, { name, type }, reason) =>
      logger.warn({ count, name, type, reason }, 'alias targets cannot be resolved; their last good answers stand'),
    onRecovered: (count, { name, type }) => logger.info({ count, name, type }, 'alias targets can be resolved again'),
    onWarning: (message, error) => logger.warn({ error }, message),
  });
  const count = outsideTargetCount(log.view());
  if (resolvers === undefined && count > 0) {
    logger.warn({ count }, 'aliases lead to hosts outside, and nobody resolves them: set WAYPOST_RESOLVERS');
  }
  return hosts;
}

/** What `/metrics` says about them. */
export function addOutsideMetrics(registry: Registry, hosts: OutsideHosts): void {
  const gauges: [string, string, () => number][] = [
    ['fresh', 'alias targets outside that were resolved', () => hosts.counts().fresh],
    ['stale', 'alias targets outside whose last good answer stands', () => hosts.counts().stale],
    ['empty', 'alias targets outside that have no address', () => hosts.counts().empty],
    ['unresolved', 'alias targets outside without an answer', () => hosts.counts().unresolved],
  ];
  for (const [name, help, read] of gauges) readGauge(registry, `waypost_outside_hosts_${name}`, help, read);
  readGauge(
    registry,
    'waypost_outside_oldest_answer_seconds',
    'age of the oldest answer in use',
    () => hosts.counts().oldestSeconds,
  );
  readCounter(
    registry,
    'waypost_outside_lookups_total',
    'lookups of alias targets outside, by result',
    ['result'],
    (metric) => {
      for (const [result, count] of hosts.counts().looks) metric.inc({ result }, count);
    },
  );
}
