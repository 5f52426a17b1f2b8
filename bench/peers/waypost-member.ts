import { createInterface } from 'node:readline';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { isRefusal, type ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { openEdge } from '../../src/edge/edge.ts';
import { openLog } from '../../src/log/log.ts';
import { createPropagation } from '../../src/log/propagation.ts';
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
const propagation = createPropagation();
const fail = (error: unknown): never => {
  throw error;
};
let wake = (): void => {};
const log = await openLog({
  directory,
  settings,
  propagation,
  onCommitted: () => wake(),
  onFailure: fail,
  onFatal: fail,
});

async function submit(operation: string, command: unknown): Promise<unknown> {
  const outcome = await log.submit(operation, command, 'bench');
  if (isRefusal(outcome)) throw new Error(outcome.message);
  return outcome.change;
}

const zoneIds: string[] = [];

async function load(zone: BenchZone): Promise<void> {
  const created = await submit('CreateHostedZone', { name: zone.name, callerReference: zone.name });
  const { id } = (created as HostedZoneCreated).zone;
  zoneIds.push(id);
  let changes: unknown[] = [];
  const send = async (): Promise<void> => {
    await submit('ChangeResourceRecordSets', { hostedZoneId: id, changes });
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
const edge = await openEdge({
  addresses: [{ host: '127.0.0.1', port: Number(port) }],
  udpWorkers: Number(workers),
  dataDirectory: directory,
  propagation,
  planBytesMax: PLAN_BYTES_MAX,
  answers: PLAIN_ANSWERS,
  tcpWorkers: 1,
  streams: { connectionsMax: 10_000, connectionsPerNetworkMax: 10_000 },
  onRestart: (_, error) => fail(error),
  onFatal: fail,
});
wake = () => edge.wake();

let touched = 0;
createInterface({ input: process.stdin }).on('line', () => {
  touched += 1;
  const values = [`192.0.2.${touched % 256}`];
  for (const [index, id] of zoneIds.entries()) {
    const name = `touched.${names.split(',')[index]}`;
    const changes = [
      { action: 'UPSERT', recordSet: { name, type: 'A', ttlSeconds: TTL_SECONDS, values, policies: [] } },
    ];
    submit('ChangeResourceRecordSets', { hostedZoneId: id, changes }).catch(fail);
  }
});
process.on('SIGTERM', () => process.exit());
