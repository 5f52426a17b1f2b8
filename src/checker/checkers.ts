import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HEALTH_CHECKS_EVER_MAX } from '../core/control/health-checks/create-health-check.ts';
import type { AddressRules } from '../core/health/address-rules.ts';
import type { AlarmIdentifier } from '../core/health/health-check-config.ts';
import type { MetricState } from '../core/health/status.ts';
import type { HealthMeasurement } from '../feed/health-measurement.ts';
import type { HealthReports } from '../feed/health-reports.ts';
import type { MetricSource } from '../feed/metric-source.ts';
import type { Observed } from '../feed/observation.ts';
import { readStatusFile, STATUS_FILE } from '../feed/status-file.ts';
import { createStatusTable, StatusTable } from '../feed/status-table.ts';
import { checkerRanges } from './checker-ranges.ts';
import { COUNTERS } from './counters.ts';
import type { AnnouncedChange, CheckerThreadData, FromCheckerThread, ToCheckerThread } from './thread-data.ts';

/**
 * Health checks as the rest of the member sees them: a status table in shared memory, and a thread that keeps it (checker-thread.ts).
 * When the thread dies it is started again, as often as it takes; meanwhile answers go on with the last statuses.
 */
export interface Checkers extends HealthReports {
  /** Starts the thread if nothing has needed it so far: to be called once the member serves. */
  start(): void;
  /** Laid out as counters.ts says. */
  counters(): Float64Array;
  restarts(): number;
  close(): Promise<void>;
}

export interface CheckersOptions {
  readonly dataDirectory: string;
  readonly propagation: SharedArrayBuffer;
  /** An octet for each health check, at its index; 1 is unhealthy (feed/status-table.ts). */
  readonly statuses: SharedArrayBuffer;
  readonly regions: readonly string[];
  readonly probesMax: number;
  readonly addresses: AddressRules;
  readonly resolvers: readonly string[];
  readonly ranges: readonly string[] | undefined;
  onStatus(change: AnnouncedChange): void;
  onRestart(error: Error): void;
  onWarning(message: string, error: string): void;
}

/** Before the first restart; twice as long before each that follows within a minute. */
const BACKOFF_MILLISECONDS = 100;
const BACKOFF_MILLISECONDS_MAX = 10_000;
const MINUTE_MILLISECONDS = 60_000;
/** A thread that does not answer by then has other things to do; the caller gets an empty list. */
const OBSERVED_MILLISECONDS_MAX = 2000;
/** Questions on their way to the thread. */
const OBSERVED_WAITING_MAX = 1000;
/** How often metrics are asked: a data point is a minute, or ten seconds where it is of high resolution. */
const METRICS_MILLISECONDS = 5000;
/** The last statuses are on disk by then, or will not be. */
const CLOSE_MILLISECONDS = 5000;

const NOTHING: Observed = { last: [], failures: [] };

/** What was measured in the minute that begins `minuteSeconds` after the epoch. */
type OnMeasured = (minuteSeconds: number, measurements: readonly HealthMeasurement[]) => void;

/** Checkers whose thread loads its code, if there seem to be health checks; without any it would only keep the member from starting. */
export interface LoadingCheckers {
  /** To be called once the store is there. Resolves when every health check has its status in the table; at once if the thread is not `needed` yet. */
  open(metrics: MetricSource, onMeasured: OnMeasured, needed: boolean): Promise<Checkers>;
  close(): Promise<void>;
}

export function loadCheckers(options: CheckersOptions): LoadingCheckers {
  const found = createStatusTable(HEALTH_CHECKS_EVER_MAX);
  const counters = new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT);
  try {
    readStatusFile(options.dataDirectory, new StatusTable(found));
  } catch (error) {
    options.onWarning('the last statuses cannot be read: every endpoint counts as healthy at first', String(error));
  }
  const workerData: CheckerThreadData = {
    dataDirectory: options.dataDirectory,
    propagation: options.propagation,
    statuses: options.statuses,
    found,
    counters,
    regions: options.regions,
    probesMax: options.probesMax,
    addresses: options.addresses,
    resolvers: options.resolvers,
  };
  const asked = new Map<number, (observed: Observed) => void>();
  let alarms: readonly (readonly [id: string, alarm: AlarmIdentifier])[] = [];
  let told = new Map<string, MetricState>();
  let thread: Worker | undefined;
  let exited = Promise.resolve();
  let tickets = 0;
  let restarts = 0;
  let deaths: number[] = [];
  let metrics: MetricSource | undefined;
  let onMeasured: OnMeasured | undefined;
  let begun = false;
  let opened = false;
  let closing = false;

  function start(): Promise<void> {
    const ready = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    exited = gone.promise;
    const started = new Worker(new URL('./checker-thread.ts', import.meta.url), { workerData });
    thread = started;
    if (begun) send({ kind: 'begin' });
    told = new Map();
    let failure: Error | undefined;
    started.on('message', (message: FromCheckerThread) => receive(message, ready.resolve));
    started.on('error', (error) => {
      failure = error as Error;
    });
    started.on('exit', () => {
      gone.resolve();
      const error = failure ?? new Error("the checkers' thread ended");
      ready.reject(error);
      for (const answer of asked.values()) answer(NOTHING);
      asked.clear();
      if (opened && !closing) restart(error);
    });
    return ready.promise;
  }

  function restart(error: Error): void {
    restarts += 1;
    const now = Date.now();
    deaths = [...deaths.filter((at) => at > now - MINUTE_MILLISECONDS), now];
    options.onRestart(error);
    const pause = Math.min(BACKOFF_MILLISECONDS * 2 ** (deaths.length - 1), BACKOFF_MILLISECONDS_MAX);
    setTimeout(() => {
      // One that does not come up exits, too, and so comes here again.
      if (!closing) start().catch(() => {});
    }, pause).unref();
  }

  function receive(message: FromCheckerThread, ready: () => void): void {
    switch (message.kind) {
      case 'ready':
        return ready();
      case 'observed':
        asked.get(message.ticket)?.(message.observed);
        asked.delete(message.ticket);
        return;
      case 'status':
        return options.onStatus(message.change);
      case 'measured':
        return onMeasured?.(message.minuteSeconds, message.measurements);
      case 'warning':
        return options.onWarning(message.message, message.error);
      case 'alarms':
        alarms = message.alarms;
        return askMetrics();
    }
  }

  function askMetrics(): void {
    const news = alarms
      .map(([id, alarm]) => [id, metrics?.state(alarm) ?? 'insufficient-data'] as const)
      .filter(([id, state]) => told.get(id) !== state);
    told = new Map([...alarms].map(([id]) => [id, told.get(id) ?? 'insufficient-data']));
    for (const [id, state] of news) told.set(id, state);
    if (news.length > 0) send({ kind: 'metrics', states: news });
  }

  function send(message: ToCheckerThread): void {
    thread?.postMessage(message);
  }

  async function close(): Promise<void> {
    closing = true;
    clearInterval(metricsTimer);
    send({ kind: 'close' });
    const late = setTimeout(() => void thread?.terminate(), CLOSE_MILLISECONDS);
    await exited;
    clearTimeout(late);
  }

  // Who waits for it does so later, if at all.
  const begin = (): Promise<void> => {
    const ready = start();
    ready.catch(() => {});
    return ready;
  };
  let ready = existsSync(join(options.dataDirectory, STATUS_FILE)) ? begin() : undefined;
  let metricsTimer: NodeJS.Timeout | undefined;
  const checkers: Checkers = {
    start() {
      if (!closing) ready ??= begin();
    },
    counters: () => new Float64Array(counters),
    restarts: () => restarts,
    checkerRanges: () => checkerRanges(options.ranges),
    alarmConfiguration: (alarm) => metrics?.configuration(alarm),
    observed(id) {
      if (closing || thread === undefined || asked.size >= OBSERVED_WAITING_MAX) return Promise.resolve(NOTHING);
      const ticket = (tickets += 1);
      const { promise, resolve } = Promise.withResolvers<Observed>();
      const late = setTimeout(() => {
        asked.delete(ticket);
        resolve(NOTHING);
      }, OBSERVED_MILLISECONDS_MAX);
      asked.set(ticket, (observed) => {
        clearTimeout(late);
        resolve(observed);
      });
      send({ kind: 'observed', ticket, id });
      return promise;
    },
    close,
  };
  return {
    async open(source, measured, needed) {
      metrics = source;
      onMeasured = measured;
      begun = true;
      send({ kind: 'begin' });
      if (needed) ready ??= begin();
      await ready;
      opened = true;
      metricsTimer = setInterval(askMetrics, METRICS_MILLISECONDS);
      metricsTimer.unref();
      return checkers;
    },
    close,
  };
}
