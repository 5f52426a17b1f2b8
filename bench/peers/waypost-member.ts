import { createInterface } from 'node:readline';
import type { ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { openBareMember } from '../../test/members/bare-member.ts';
import { PLAN_BYTES_MAX } from './waypost.ts';
import { LARGE_ZONES, SMALL_ZONES, TTL_SECONDS, type BenchZone } from './zones.ts';

/**
 * A member without its front door, which no query meets: the log, the store and the name server. Arguments: a data directory, a port,
 * UDP workers, and the names of zones, which are made by ordinary commands. Each line on its standard input
 * changes a record set of every zone, so that all plans are stale.
 */
const [directory = '', port = '', workers = '', names = ''] = process.argv.slice(2);

const CHANGES_PER_BATCH = 500;
const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.example', addresses: ['127.0.0.1'] }] }],
  quotas: { ...PLAIN_SETTINGS.quotas, recordSetsPerZoneMax: 10_000_000 },
};
const member = await openBareMember(directory, settings);

const zoneIds: string[] = [];

async function load(zone: BenchZone): Promise<void> {
  const command = { name: zone.name, callerReference: zone.name };
  const { id } = (await member.submit<HostedZoneCreated>('CreateHostedZone', command)).zone;
  zoneIds.push(id);
  let changes: unknown[] = [];
  const send = async (): Promise<void> => {
    await member.submit('ChangeResourceRecordSets', { hostedZoneId: id, changes });
    changes = [];
  };
  for (const { name, type, values } of zone.recordSets()) {
    const recordSet = { name: `${name}.${zone.name}`, type, ttlSeconds: TTL_SECONDS, values, policies: [] };
    changes.push({ action: 'CREATE', recordSet });
    if (changes.length === CHANGES_PER_BATCH) await send();
  }
  if (changes.length > 0) await send();
}

for (const zone of [...SMALL_ZONES, ...LARGE_ZONES]) {
  if (names.split(',').includes(zone.name)) await load(zone);
}
await member.serve({ port: Number(port), udpWorkers: Number(workers), planBytesMax: PLAN_BYTES_MAX });

let touched = 0;
createInterface({ input: process.stdin }).on('line', () => {
  touched += 1;
  const values = [`192.0.2.${touched % 256}`];
  for (const [index, id] of zoneIds.entries()) {
    const name = `touched.${names.split(',')[index]}`;
    const changes = [
      { action: 'UPSERT', recordSet: { name, type: 'A', ttlSeconds: TTL_SECONDS, values, policies: [] } },
    ];
    void member.submit('ChangeResourceRecordSets', { hostedZoneId: id, changes });
  }
});
process.on('SIGTERM', () => process.exit());
