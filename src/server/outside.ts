import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { outsideTargetCount } from '../core/control/outside-targets.ts';
import type { Log } from '../log/log.ts';
import { HostCopies } from '../resolve/host-copies.ts';
import { openOutsideHosts, type OutsideHosts } from '../resolve/outside-hosts.ts';
import type { Config } from './config.ts';
import { readCounter, readGauge } from './read-metrics.ts';

/** Who did it, in a change's `by`. */
const RESOLVER = 'resolver';
const COPIES_MILLISECONDS = 1000;

export interface MemberOutsideParts {
  readonly config: Config;
  readonly memory: SharedArrayBuffer;
  readonly log: Log;
  readonly logger: Logger;
  /** Whether anybody copies zones. */
  readonly copied: () => boolean;
}

/** The hosts outside that a member's aliases lead to, and what its log says of them. */
export function openMemberOutside({ config, memory, log, logger, copied }: MemberOutsideParts): OutsideHosts {
  const { resolvers } = config;
  const copies = new HostCopies({
    view: () => log.view(),
    submit: (operation, command) => log.submit(operation, command, RESOLVER),
    wanted: copied,
    now: () => performance.now(),
    onFailure: (target, why) => logger.warn({ ...target, why }, 'copies of zones cannot follow an alias target'),
  });
  const hosts = openOutsideHosts({
    directory: config.dataDirectory,
    memory,
    resolvers: resolvers === 'system' ? [] : resolvers,
    view: () => log.view(),
    onFailing: (count, { name, type }, reason) =>
      logger.warn({ count, name, type, reason }, 'alias targets cannot be resolved; their last good answers stand'),
    onRecovered: (count, { name, type }) => logger.info({ count, name, type }, 'alias targets can be resolved again'),
    onAnswer: (target, addresses) => copies.answered(target, addresses),
    onWarning: (message, error) => logger.warn({ error }, message),
  });
  const timer = setInterval(() => {
    copies
      .tick()
      .catch((error: unknown) => logger.error({ err: error }, 'copies of zones do not follow alias targets'));
  }, COPIES_MILLISECONDS);
  timer.unref();
  const count = outsideTargetCount(log.view());
  if (resolvers === undefined && count > 0) {
    logger.warn({ count }, 'aliases lead to hosts outside, and nobody resolves them: set WAYPOST_RESOLVERS');
  }
  return {
    committed: () => hosts.committed(),
    settled: () => hosts.settled(),
    counts: () => hosts.counts(),
    async close() {
      clearInterval(timer);
      await hosts.close();
    },
  };
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
