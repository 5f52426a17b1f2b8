import type { Logger } from 'pino';
import { createApi } from '../api/api.ts';
import { OutsideTable } from '../core/answer/routed/outside-table.ts';
import type { ControlSettings } from '../core/control/operation.ts';
import type { Edge } from '../edge/edge.ts';
import type { Log } from '../log/log.ts';
import { servedEverywhere } from '../log/propagation.ts';
import { openDoor } from '../operator/door.ts';
import type { AnswerPoint } from '../operator/explain.ts';
import type { OutsideHosts } from '../resolve/outside-hosts.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TransferCounters } from '../transfer/transfer-counters.ts';
import type { Config } from './config.ts';
import { credentialLookup, type FirstCredential } from './credentials.ts';
import type { Health } from './health.ts';
import { listenHttp } from './http-server.ts';
import type { LatencyKeeper } from './latencies.ts';
import type { MemberKeys } from './member-keys.ts';
import type { MemberSteward } from './member-steward.ts';
import { explainer } from './explainer.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { PlacesLoader } from './places.ts';

/**
 * Where people and their programs come in, once the name servers serve: the API, the operator's door and the metrics. Its packages are
 * the larger half of what main loads, which it does while the workers load theirs.
 */
export interface FrontDoor {
  /** The real one when the setting asked for any. */
  readonly port: number;
  close(): Promise<void>;
}

export interface FrontDoorOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly settings: ControlSettings;
  readonly propagation: SharedArrayBuffer;
  readonly credential: FirstCredential;
  readonly keys: MemberKeys;
  readonly steward: MemberSteward;
  readonly log: Log;
  readonly health: Health;
  readonly telemetry: Telemetry;
  /** An octet for each health check (feed/status-table.ts). */
  readonly statuses: SharedArrayBuffer;
  readonly edge: Edge;
  /** Hosts outside that aliases lead to, and what they resolve to (core/answer/routed/outside-table.ts). */
  readonly hosts: OutsideHosts;
  readonly outside: SharedArrayBuffer;
  readonly places: PlacesLoader;
  readonly latencies: LatencyKeeper;
  readonly transfers: TransferCounters;
  /** Whether the member as a whole serves. */
  serving(): boolean;
  /** Has this called after each commit. */
  onCommitted(heard: (sequence: number) => void): void;
  /** When the TLS certificate in use expires, in milliseconds since the Unix epoch; undefined without TLS. */
  certificateExpires(): number | undefined;
}

/** How often we look whether a change is served everywhere, while one is on its way. */
const LAG_LOOK_MILLISECONDS = 1;
/** Beyond this we stop looking: the lag is counted as this much. */
const LAG_SECONDS_MAX = 10;

export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const { config, logger, settings, propagation, log, health, edge, hosts, places, latencies } = options;
  const outside = new OutsideTable(options.outside);
  const metrics = createMetrics({
    edge,
    health,
    hosts,
    transfers: options.transfers,
    steward: () => options.steward.counts(),
    sequence: () => log.sequence(),
    pendingCommands: () => log.pending(),
    certificateExpires: () => options.certificateExpires(),
  });
  const watch = lagWatch(propagation, metrics);
  options.onCommitted((sequence) => {
    edge.wake();
    places.committed();
    hosts.committed();
    watch.committed(sequence);
  });
  const point = (): AnswerPoint => ({
    statuses: new Uint8Array(options.statuses),
    places: places.atlas(),
    latencies: latencies.current(),
    outside,
  });
  const door = await openDoor({
    directory: config.dataDirectory,
    settings,
    log,
    point,
    failed: (error) => logger.error({ err: error }, 'tidying up after imports failed'),
  });
  const close = async (): Promise<void> => {
    await door.close();
    watch.stop();
  };
  const api = createApi({
    log,
    settings,
    health: health.checkers,
    telemetry: options.telemetry,
    custody: options.keys.custody,
    dnssec: options.steward.desk,
    credential: credentialLookup(options.credential),
    places: () => places.atlas(),
    latencies: () => latencies.current(),
    outside,
    explain: explainer(log, point),
    inSync: (sequence) => places.ready() && hosts.settled() && servedEverywhere(propagation, sequence),
    warn: (message, details) => logger.warn(details, message),
    failed: (error, requestId) => logger.error({ err: error, requestId }, 'a request failed'),
    observe: (operation, status, seconds) => {
      metrics.observeRequest(operation, status, seconds);
      logger.debug({ operation, status, seconds }, 'request');
    },
  });
  const ready = (): boolean => options.serving() && servedEverywhere(propagation, 0);
  try {
    const server = await listenHttp(config.http, { api, ready, metrics });
    return {
      port: server.port,
      async close() {
        await server.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Measures how long a commit takes to reach every worker. One look at a time, whatever the load: a newer commit joins the next. */
function lagWatch(
  propagation: SharedArrayBuffer,
  metrics: Metrics,
): { committed(sequence: number): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const look = (sequence: number, since: number): void => {
    timer = undefined;
    const seconds = (performance.now() - since) / 1000;
    if (seconds < LAG_SECONDS_MAX && !servedEverywhere(propagation, sequence)) {
      timer = setTimeout(look, LAG_LOOK_MILLISECONDS, sequence, since);
      timer.unref();
    } else {
      metrics.observeChangeLag(seconds);
    }
  };
  return {
    committed(sequence) {
      if (timer === undefined) look(sequence, performance.now());
    },
    stop: () => clearTimeout(timer),
  };
}
