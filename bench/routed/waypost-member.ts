import { packagedDatabases, readDatabases } from '../../src/atlas/database-files.ts';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import type { ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import { createStatusTable, StatusTable } from '../../src/feed/status-table.ts';
import { openBareMember } from '../../test/members/bare-member.ts';
import { PLAN_BYTES_MAX } from '../peers/waypost.ts';
import { TTL_SECONDS } from '../peers/zones.ts';
import { NAMES, nameOf, PAIR, SIMPLE, WEIGHTS, ZONE } from './names.ts';

/** Arguments: a data directory, a port, UDP workers. Clients are placed by the location database that comes with Waypost. */
const [directory = '', port = '', workers = ''] = process.argv.slice(2);

const CHANGES_PER_BATCH = 500;
const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.example', addresses: ['127.0.0.1'] }] }],
  quotas: { ...PLAIN_SETTINGS.quotas, recordSetsPerZoneMax: 1_000_000 },
};
const member = await openBareMember(directory, settings);
const { zone } = await member.submit<HostedZoneCreated>('CreateHostedZone', { name: ZONE, callerReference: ZONE });
const statuses = createStatusTable(16);

async function check(index: number): Promise<string> {
  const config = { type: 'TCP', ipAddress: `192.0.2.${index + 1}`, port: 80 };
  const made = await member.submit<{ check: { id: string } }>('CreateHealthCheck', {
    callerReference: `${index}`,
    config,
  });
  new StatusTable(statuses).set(index, true);
  return made.check.id;
}

const checks = [await check(0), await check(1)];

function set(name: string, values: string | undefined, more: object): object {
  const content = values === undefined ? {} : { ttlSeconds: TTL_SECONDS, values: [values] };
  return { action: 'CREATE', recordSet: { name: `${name}.${ZONE}`, type: 'A', policies: [], ...content, ...more } };
}

function weighted(name: string): object[] {
  return WEIGHTS.map(([address, weight], index) =>
    set(name, address, {
      setIdentifier: `${index}`,
      policies: ['weighted'],
      routing: { policy: 'weighted', weight },
      healthCheckId: checks[index],
    }),
  );
}

function placed(name: string): object[] {
  const places = [
    ['eu', { continent: 'EU' }],
    ['rest', { country: '*' }],
  ] as const;
  return places.map(([target, location]) =>
    set(name, undefined, {
      setIdentifier: target,
      policies: ['geolocation'],
      routing: { policy: 'geolocation', location },
      alias: { hostedZoneId: zone.id, dnsName: `${target}.${ZONE}`, evaluateTargetHealth: true },
    }),
  );
}

function pair(name: string): object[] {
  return (['primary', 'secondary'] as const).map((role, index) =>
    set(name, PAIR[role], {
      setIdentifier: role,
      policies: ['failover'],
      routing: { policy: 'failover', role: role.toUpperCase() },
      healthCheckId: checks[index],
    }),
  );
}

const indexes = Array.from({ length: NAMES }, (_, index) => index);
const changes = [
  ...[...SIMPLE.recordSets()].map(({ name, values }) => set(name, values[0], {})),
  ...indexes.flatMap((index) => weighted(nameOf('w', index))),
  ...indexes.flatMap((index) => pair(nameOf('f', index))),
  ...weighted('eu'),
  ...weighted('rest'),
  ...indexes.flatMap((index) => placed(nameOf('g', index))),
];
while (changes.length > 0) {
  await member.submit('ChangeResourceRecordSets', {
    hostedZoneId: zone.id,
    changes: changes.splice(0, CHANGES_PER_BATCH),
  });
}
const databases = await readDatabases(packagedDatabases());
const edge = await member.serve({
  port: Number(port),
  udpWorkers: Number(workers),
  planBytesMax: PLAN_BYTES_MAX,
  statuses,
});
edge.usePlaces(databases);
process.on('SIGTERM', () => process.exit());
