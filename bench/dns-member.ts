import { PLAIN_ANSWERS } from '../src/core/answer/settings.ts';
import { isRefusal, type ControlSettings } from '../src/core/control/operation.ts';
import type { HostedZoneCreated } from '../src/core/control/hosted-zones/create-hosted-zone.ts';
import { openEdge } from '../src/edge/edge.ts';
import { openLog } from '../src/log/log.ts';
import { createPropagation } from '../src/log/propagation.ts';

/** A member without its front door, for bench/dns.ts: arguments are a data directory, a port and how many names to make. */
const [directory = '', port = '', names = ''] = process.argv.slice(2);

const CHANGES_PER_BATCH = 500;
const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: ['127.0.0.1'] }] }],
  quotas: {
    hostedZonesMax: 1000,
    recordSetsPerZoneMax: 1_000_000,
    delegationSetsMax: 100,
    zonesPerDelegationSetMax: 100,
  },
};
const propagation = createPropagation();
const fail = (error: unknown): never => {
  throw error;
};
const log = await openLog({ directory, settings, propagation, onCommitted: () => {}, onFailure: fail, onFatal: fail });

async function submit(operation: string, command: unknown): Promise<unknown> {
  const outcome = await log.submit(operation, command, 'bench');
  if (isRefusal(outcome)) throw new Error(outcome.message);
  return outcome.change;
}

const { zone } = (await submit('CreateHostedZone', {
  name: 'example.com',
  callerReference: 'bench',
})) as HostedZoneCreated;
for (let first = 0; first < Number(names); first += CHANGES_PER_BATCH) {
  const changes = Array.from({ length: CHANGES_PER_BATCH }, (_, index) => ({
    action: 'CREATE',
    recordSet: {
      name: `h${first + index}.example.com`,
      type: 'A',
      ttlSeconds: 300,
      values: ['192.0.2.1'],
      policies: [],
    },
  }));
  await submit('ChangeResourceRecordSets', { hostedZoneId: zone.id, changes });
}
await openEdge({
  addresses: [{ host: '127.0.0.1', port: Number(port) }],
  udpWorkers: 1,
  dataDirectory: directory,
  propagation,
  planBytesMax: 64 * 2 ** 20,
  answers: PLAIN_ANSWERS,
  tcpConnectionsMax: 100,
  onRestart: (_, error) => fail(error),
  onFatal: fail,
});
console.log('serving');
