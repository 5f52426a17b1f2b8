import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { COOKIE_SECRET_OCTETS } from '../core/answer/edns/server-cookie.ts';
import { createOutsideTable } from '../core/answer/routed/outside-table.ts';
import { HEALTH_CHECKS_EVER_MAX } from '../core/control/health-checks/create-health-check.ts';
import { OUTSIDE_TARGETS_EVER_MAX, OUTSIDE_TARGETS_MAX } from '../core/control/outside-targets.ts';
import type { ControlSettings } from '../core/control/operation.ts';
import { ListenError, printAddress, type Address, type Protocol } from '../edge/address.ts';
import { loadEdge } from '../edge/edge.ts';
import type { Certificate } from '../edge/tls/certificate.ts';
import { createStatusTable } from '../feed/status-table.ts';
import { wrappingKeyOf } from '../keys/wrapping.ts';
import { openLog } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import type { DataLock } from '../store/data-lock.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';
import { TransferCounters } from '../transfer/transfer-counters.ts';
import { createTransferShare } from '../transfer/transfer-share.ts';
import { keepCertificate, type CertificateKeeper } from './certificate-keeper.ts';
import { ConfigError } from './config-error.ts';
import { controlSettings, type Config } from './config.ts';
import { firstCredential, keepCredential, type FirstCredential } from './credentials.ts';
import { takeDataDirectory } from './data-directory.ts';
import { loadHealth } from './health.ts';
import { firstLatencies, keepLatencies } from './latencies.ts';
import { openMemberTransfers, readTransferSettings, withTransfers } from './member-transfers.ts';
import { firstMasterSecret, openMemberKeys, type MasterSecret } from './member-keys.ts';
import { openMemberSteward } from './member-steward.ts';
import { openMemberOutside } from './outside.ts';
import { placesLoader } from './places.ts';
import { publishZoneQueries } from './zone-queries.ts';

/**
 * One member with every role, wired by hand: lock → log and store → health checks → edge → front door. They stop in the opposite order,
 * so that nothing outlives what it depends on. This room is the only one that knows all the others.
 *
 * Deliberately not here: decisions about zones or answers. Logs go to stderr; stdout is for the person who started the member.
 */
export interface Member {
  /** Where the API listens; the port is the real one when the setting asked for any. */
  readonly http: Address;
  readonly credential: FirstCredential;
  readonly master: Omit<MasterSecret, 'secret'>;
  /** Reads again what may have changed while it runs: the TLS certificate, who copies zones, where clients are. */
  reload(): void;
  /** Drains and stops; resolves when everything is on disk and every socket is closed. */
  stop(): Promise<void>;
}

interface Wiring {
  readonly config: Config;
  readonly logger: Logger;
  readonly propagation: SharedArrayBuffer;
  readonly settings: ControlSettings;
  /** What was opened, to be closed from the last to the first. */
  readonly opened: (() => Promise<void> | void)[];
  serving: boolean;
  readonly fatal: (error: Error) => void;
}

export async function startMember(config: Config, onFatal: (error: Error) => void): Promise<Member> {
  const logger = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const wiring: Wiring = {
    config,
    logger,
    propagation: createPropagation(),
    settings: controlSettings(config),
    opened: [],
    serving: false,
    fatal(error) {
      wiring.serving = false;
      logger.fatal({ err: error }, 'the member cannot go on');
      onFatal(error);
    },
  };
  try {
    const opened = await open(wiring);
    return { ...opened, stop: () => close(wiring) };
  } catch (error) {
    await close(wiring);
    throw error instanceof ListenError ? settingErrorOf(error) : error;
  }
}

async function open(wiring: Wiring): Promise<Omit<Member, 'stop'>> {
  const { config, opened } = wiring;
  const late: { committed?: (sequence: number) => void; renewed?: (certificate: Certificate) => void } = {};
  const share = createTransferShare(readTransferSettings(config.transfersFile), config.transfersFile !== undefined);
  const keeper = certificateKeeper(wiring, (certificate) => late.renewed?.(certificate));
  const measured = await firstLatencies(config.latenciesFile);
  const lock: DataLock = takeDataDirectory(config.dataDirectory);
  opened.push(() => lock.release());
  const credential = firstCredential(config);
  const master = firstMasterSecret(config);
  const statuses = createStatusTable(HEALTH_CHECKS_EVER_MAX);
  const outside = createOutsideTable(OUTSIDE_TARGETS_EVER_MAX, OUTSIDE_TARGETS_MAX);
  // Threads and packages take most of the time that a start takes: they are loaded side by side, and opened in order below.
  const opening = openLog({
    directory: config.dataDirectory,
    settings: withTransfers(wiring.settings, share.settings),
    propagation: wiring.propagation,
    onCommitted: (sequence) => late.committed?.(sequence),
    onFailure: (failure) => wiring.logger.error({ failure }, 'a command failed'),
    onFatal: wiring.fatal,
  });
  opened.push(() =>
    opening.then(
      (log) => log.close(),
      () => {},
    ),
  );
  const workers = loadEdge({
    addresses: config.dns,
    udpWorkers: config.udpWorkers,
    dataDirectory: config.dataDirectory,
    propagation: wiring.propagation,
    planBytesMax: config.planCacheBytes,
    answers: {
      ...config.answers,
      cookieSecrets: config.answers.cookieSecrets ?? [randomBytes(COOKIE_SECRET_OCTETS)],
    },
    statuses,
    outside,
    zoneWrappingKey: wrappingKeyOf(master.secret, 'zone-signing-key'),
    tcpWorkers: config.tcpWorkers,
    streams: config.streams,
    transfers: share,
    tls: config.tls && keeper && { ...config.tls, certificate: keeper.current() },
    onRestart: (worker, error) =>
      wiring.logger.error({ worker, err: error }, 'an edge worker died and is started again'),
    onFatal: wiring.fatal,
  });
  opened.push(() => workers.close());
  late.renewed = (certificate) => workers.useCertificate(certificate);
  const checkers = loadHealth({ config, propagation: wiring.propagation, statuses, logger: wiring.logger });
  opened.push(() => checkers.close());
  const frontDoor = import('./front-door.ts');
  const log = await opening;
  const { logger } = wiring;
  const latencies = keepLatencies(measured, {
    path: config.latenciesFile,
    use: (each) => workers.useLatencies(each),
    logger,
  });
  opened.push(() => latencies.stop());
  const places = placesLoader({
    log,
    use: (databases) => workers.usePlaces(databases),
    logger,
    paths: config.geoDatabases,
  });
  opened.push(() => places.stop());
  const keys = openMemberKeys(master, config, log);
  opened.push(() => keys.close());
  const telemetry = openTelemetry({
    dataDirectory: config.dataDirectory,
    view: () => log.view(),
    onWarning: (message, error) => wiring.logger.warn({ error }, message),
  });
  opened.push(() => telemetry.close());
  const copied = (): boolean => share.settings.out.length > 0;
  const hosts = openMemberOutside({ config, memory: outside, log, logger: wiring.logger, copied });
  opened.push(() => hosts.close());
  // Before the edge serves: no answer is given before every health check has its last status, and clients their place.
  const health = await checkers.open(telemetry, log.view());
  opened.push(() => health.close());
  await places.settled();
  const edge = await workers.serve();
  opened.push(() => edge.close());
  const zoneQueries = publishZoneQueries(edge, telemetry, wiring.logger);
  opened.push(() => zoneQueries.stop());
  if (edge.sockets === 'node') {
    wiring.logger.warn('the kernel calls are out of reach; UDP and TCP are served by Node, by one worker each');
  }
  const transfers = openMemberTransfers({
    path: config.transfersFile,
    directory: config.dataDirectory,
    share,
    propagation: wiring.propagation,
    settings: wiring.settings,
    log,
    edge,
    logger: wiring.logger,
  });
  opened.push(() => transfers.close());
  const steward = openMemberSteward({ keys, log, logger: wiring.logger, resolvers: config.resolvers });
  opened.push(() => steward.close());
  const { openFrontDoor } = await frontDoor;
  const front = await openFrontDoor({
    config,
    logger: wiring.logger,
    settings: wiring.settings,
    propagation: wiring.propagation,
    credential,
    keys,
    steward,
    log,
    health,
    telemetry,
    statuses,
    edge,
    places,
    latencies,
    hosts,
    outside,
    transfers: new TransferCounters(share.counters),
    serving: () => wiring.serving,
    onCommitted: (heard) => (late.committed = heard),
    certificateExpires: () => keeper?.current().expiresMilliseconds,
  });
  opened.push(() => front.close());
  keepCredential(config, credential);
  wiring.serving = true;
  wiring.logger.info({ sequence: log.sequence() }, 'serving');
  health.checkers.start();
  void telemetry.load();
  return {
    http: { host: config.http.host, port: front.port },
    credential,
    master: { from: master.from, file: master.file },
    reload() {
      keeper?.reload();
      transfers.reload();
      places.reload();
      latencies.reload();
    },
  };
}

function certificateKeeper(
  { config, logger, opened }: Wiring,
  renewed: (certificate: Certificate) => void,
): CertificateKeeper | undefined {
  if (config.tls === undefined) return undefined;
  const { files } = config.tls;
  const keeper = keepCertificate({ files, renewed, log: (level, message, details) => logger[level](details, message) });
  opened.push(() => keeper.stop());
  return keeper;
}

async function close(wiring: Wiring): Promise<void> {
  wiring.serving = false;
  for (let step = wiring.opened.pop(); step !== undefined; step = wiring.opened.pop()) await step();
}

const ADDRESS_SETTINGS: Readonly<Record<Protocol, string>> = {
  udp: 'WAYPOST_DNS',
  tcp: 'WAYPOST_DNS',
  tls: 'WAYPOST_DOT',
  https: 'WAYPOST_DOH',
  http: 'WAYPOST_HTTP',
};

function settingErrorOf(error: ListenError): ConfigError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is in use by another program',
    EACCES: 'is not allowed for this user (ports below 1024 need privileges)',
    EADDRNOTAVAIL: 'is not an address of this host',
  };
  return new ConfigError(
    ADDRESS_SETTINGS[error.protocol],
    `${printAddress(error.address)} ${reasons[error.code] ?? `cannot be had (${error.code})`}`,
  );
}
