import type { View } from '../core/control/view.ts';
import type { HealthMeasurement } from '../feed/health-measurement.ts';
import { AlarmStates } from './alarm-states.ts';
import { healthDatum, ROUTE53_REGION } from './health-metrics.ts';
import { publishZoneQueries } from './zone-metrics.ts';
import { SignedZoneMetrics } from './signed-zone-metrics.ts';
import { readAlarms, readMetrics, writeMetricFile } from './metric-file.ts';
import { MetricStore } from './metric-store.ts';

/**
 * A member's metrics, as CloudWatch would keep them: data points that clients publish and Waypost's own, and the states of the alarms
 * that look at them. Alarms themselves are configuration and in the change log; all that is here is bounded, this member's alone, and
 * may be lost.
 *
 * Deliberately not here: what a metric means for an answer (feed), and the metrics of GET /metrics, which are about the process.
 */
export interface Telemetry {
  readonly metrics: MetricStore;
  readonly alarms: AlarmStates;
  /** Takes in what was measured of health checks, as far as there is room. */
  readonly measured: (minuteSeconds: number, measurements: readonly HealthMeasurement[]) => void;
  /** Takes in how many queries hosted zones were answered in a minute, as far as there is room. */
  readonly queried: (minuteSeconds: number, queries: ReadonlyMap<string, number>) => void;
  /**
   * Reads the data points that were kept, beside whatever else there is to do; until then alarms stay as they were. To be called once
   * the member serves. Resolves when they are there; never rejects.
   */
  load(): Promise<void>;
  /** Writes everything down, whether it was loaded or not. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly dataDirectory: string;
  /** The newest state, for alarms. */
  readonly view: () => View;
  readonly onWarning: (message: string, error: string) => void;
}

/** CloudWatch looks at alarms of high resolution this often. */
const EVALUATE_MILLISECONDS = 10_000;
/** What is lost when the process is killed. */
const WRITE_MILLISECONDS = 60_000;
/** How soon it is seen that a zone is signed, or that a key needs action. */
const SIGNED_ZONES_MILLISECONDS = 60_000;

export function openTelemetry({ dataDirectory, view, onWarning }: TelemetryOptions): Telemetry {
  const metrics = new MetricStore();
  const alarms = new AlarmStates(metrics, view, Date.now);
  const warn = (message: string, error: unknown): void =>
    onWarning(message, error instanceof Error ? error.message : String(error));
  try {
    readAlarms(dataDirectory, alarms);
  } catch (error) {
    warn('the states of alarms that were kept cannot be read', error);
  }
  alarms.waitForData(true);

  /** What it was told that there is no room for: once is enough. */
  const full = new Set<string>();
  const noRoom = (left: string): void => {
    if (!full.has(left)) warn(`${left} are left out`, 'there are as many metrics as this member keeps');
    full.add(left);
  };
  let working = Promise.resolve();
  /** One after the other, so that nothing is under way twice. */
  const work = (failure: string, task: () => Promise<void>): void => {
    working = working.then(task).catch((error: unknown) => warn(failure, error));
  };
  const changesNow = (): readonly number[] => [metrics.changes, alarms.changes, alarms.history.changes];
  let written = changesNow();
  const write = (): void =>
    work('metrics could not be written', async () => {
      metrics.expire(Date.now() / 1000);
      const changes = changesNow();
      if (changes.every((count, index) => count === written[index])) return;
      written = changes;
      await writeMetricFile(dataDirectory, { metrics, states: alarms });
    });
  let loading: Promise<void> | undefined;
  /** First of all work: nothing is written before everything was read. */
  const load = (): Promise<void> => {
    if (loading !== undefined) return loading;
    work('the metrics that were kept cannot be read whole', () =>
      readMetrics(dataDirectory, metrics).finally(() => alarms.waitForData(false)),
    );
    loading = working;
    publishSignedZones();
    timers.push(
      setInterval(evaluate, EVALUATE_MILLISECONDS),
      setInterval(write, WRITE_MILLISECONDS),
      setInterval(publishSignedZones, SIGNED_ZONES_MILLISECONDS),
    );
    for (const timer of timers) timer.unref();
    return loading;
  };
  const evaluate = (): void => work('alarms could not be evaluated', () => alarms.evaluateAll());
  const signedZones = new SignedZoneMetrics(metrics, view);
  const publishSignedZones = (): void =>
    work('metrics of signed zones could not be published', async () => {
      if (!(await signedZones.publish(Date.now() / 1000))) noRoom('DNSSEC metrics of hosted zones');
    });
  const timers: NodeJS.Timeout[] = [];
  return {
    metrics,
    alarms,
    measured(minuteSeconds, measurements) {
      for (const measurement of measurements) {
        if (!metrics.put(ROUTE53_REGION, healthDatum(measurement, minuteSeconds))) noRoom('metrics of health checks');
      }
    },
    queried(minuteSeconds, queries) {
      if (!publishZoneQueries(metrics, minuteSeconds, queries)) noRoom('metrics of hosted zones');
    },
    load,
    async close() {
      void load();
      timers.forEach(clearInterval);
      write();
      await working;
    },
  };
}
