import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Route53Client } from '@aws-sdk/client-route-53';
import { createApi } from '../../src/api/api.ts';
import { explainer } from '../../src/server/explainer.ts';
import { HEALTH_CHECKS_EVER_MAX } from '../../src/core/control/health-checks/create-health-check.ts';
import type { ControlSettings } from '../../src/core/control/operation.ts';
import { zoneDataOf } from '../../src/core/control/zone-data.ts';
import { createStatusTable, StatusTable } from '../../src/feed/status-table.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import { loadCheckers } from '../../src/checker/checkers.ts';
import { Custody } from '../../src/keys/custody.ts';
import { EmbeddedKeyService } from '../../src/keys/embedded-key-service.ts';
import { askParent } from '../../src/resolve/parent-asker.ts';
import { DnssecDesk } from '../../src/steward/dnssec-desk.ts';
import { openLog } from '../../src/log/log.ts';
import { createPropagation } from '../../src/log/propagation.ts';
import { openTelemetry } from '../../src/telemetry/telemetry.ts';

/** The front door over a real log and store, without an edge: `served.sequence` stands for what the edge serves. */
export interface TestMember {
  readonly url: string;
  readonly port: number;
  readonly client: Route53Client;
  readonly served: { sequence: number };
  readonly failures: unknown[];
  /** A health check's status as the edge reads it; undefined while nothing is known. */
  healthy(healthCheckId: string): boolean | undefined;
  close(): Promise<void>;
}

export const KEY = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret-of-the-test' };

const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  accountId: '123456789012',
  nameServerSets: [1, 2, 3].map((set) => ({
    servers: [1, 2].map((n) => ({ name: `ns${n}.set${set}.example.net`, addresses: ['192.0.2.1'] })),
  })),
  quotas: { ...PLAIN_SETTINGS.quotas, hostedZonesMax: 500 },
};

export async function startTestMember(resolvers?: readonly string[]): Promise<TestMember> {
  const directory = await mkdtemp(join(tmpdir(), 'waypost-sdk-'));
  const failures: unknown[] = [];
  const served = { sequence: Number.MAX_SAFE_INTEGER };
  const propagation = createPropagation();
  const log = await openLog({
    directory,
    settings,
    propagation,
    onCommitted: () => {},
    onFailure: (failure) => failures.push(failure),
    onFatal: (error) => failures.push(error),
  });
  const onWarning = (message: string, error: string): void => void failures.push(`${message}: ${error}`);
  const telemetry = openTelemetry({ dataDirectory: directory, view: () => log.view(), onWarning });
  const statuses = createStatusTable(HEALTH_CHECKS_EVER_MAX);
  await telemetry.load();
  const checkers = await loadCheckers({
    dataDirectory: directory,
    propagation,
    statuses,
    regions: settings.healthChecks.checkerRegions,
    probesMax: 100,
    addresses: settings.healthChecks.addresses,
    resolvers: [],
    ranges: ['192.0.2.0/24', '2001:db8::/32'],
    onStatus: () => {},
    onRestart: (error) => failures.push(error),
    onWarning,
  }).open(telemetry.alarms, telemetry.measured, true);
  const custody = new Custody({
    masterSecret: new Uint8Array(32),
    adopt: (fingerprint) => log.submit('AdoptMasterKey', { fingerprint }, 'tester').then(() => {}),
  });
  const api = createApi({
    log,
    settings,
    health: checkers,
    telemetry,
    custody,
    dnssec: new DnssecDesk({
      askParent: resolvers && ((zoneName) => askParent(resolvers, zoneName)),
      view: () => log.view(),
      submit: (operation, command, principal) => log.submit(operation, command, principal),
      now: () => Date.now(),
      keys: new EmbeddedKeyService({ view: () => log.view(), accountId: settings.accountId, custody }),
      newZoneKey: (algorithm) => custody.newZoneKey(algorithm),
    }),
    credential: (id) =>
      id === KEY.accessKeyId ? { secretAccessKey: KEY.secretAccessKey, principal: 'tester' } : undefined,
    inSync: (sequence) => sequence <= served.sequence,
    places: () => undefined,
    latencies: () => undefined,
    outside: undefined,
    explain: explainer(log, () => ({
      statuses: new Uint8Array(statuses),
      places: undefined,
      latencies: undefined,
      outside: undefined,
    })),
    warn: () => {},
    failed: (error) => failures.push(error),
    observe: () => {},
  });
  const server = createServer((request, response) => void api(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const client = new Route53Client({ endpoint: url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
  return {
    url,
    port,
    client,
    served,
    failures,
    healthy(id) {
      const index = zoneDataOf(log.view()).healthCheckIndex(id);
      return index === undefined ? undefined : new StatusTable(statuses).get(index);
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await checkers.close();
      await telemetry.close();
      await log.close();
      await rm(directory, { recursive: true });
    },
  };
}
