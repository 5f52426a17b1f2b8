import { randomBytes } from 'node:crypto';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { isRefusal, type ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import { Wrapping, wrappingKeyOf } from '../../src/keys/wrapping.ts';
import { newZoneKey } from '../../src/keys/zone-keys.ts';
import { DnssecDesk } from '../../src/steward/dnssec-desk.ts';
import { KeysInMemory } from '../../src/steward/keys-in-memory.ts';
import { openBareMember } from '../../test/members/bare-member.ts';
import { PLAN_BYTES_MAX } from '../peers/waypost.ts';
import { TTL_SECONDS } from '../peers/zones.ts';
import { SIGNED_ZONE, ZONES } from './names.ts';

/** A member without its front door, with a signed zone. Arguments: a data directory, a port, UDP workers. */
const [directory = '', port = '', workers = ''] = process.argv.slice(2);

const CHANGES_PER_BATCH = 500;
const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.example', addresses: ['127.0.0.1'] }] }],
  quotas: { ...PLAIN_SETTINGS.quotas, recordSetsPerZoneMax: 10_000_000 },
};
const member = await openBareMember(directory, settings);
const zoneWrappingKey = wrappingKeyOf(randomBytes(32), 'zone-signing-key');
const desk = new DnssecDesk({
  askParent: undefined,
  view: () => member.log.view(),
  submit: (operation, command, principal) => member.log.submit(operation, command, principal),
  now: Date.now,
  keys: new KeysInMemory(),
  newZoneKey: async (algorithm) => newZoneKey(new Wrapping(zoneWrappingKey), algorithm),
});

for (const zone of ZONES) {
  const command = { name: zone.name, callerReference: zone.name };
  const { id } = (await member.submit<HostedZoneCreated>('CreateHostedZone', command)).zone;
  let changes: unknown[] = [];
  for (const { name, type, values } of zone.recordSets()) {
    const recordSet = { name: `${name}.${zone.name}`, type, ttlSeconds: TTL_SECONDS, values, policies: [] };
    changes.push({ action: 'CREATE', recordSet });
    if (changes.length < CHANGES_PER_BATCH) continue;
    await member.submit('ChangeResourceRecordSets', { hostedZoneId: id, changes });
    changes = [];
  }
  if (zone.name === SIGNED_ZONE) await sign(id);
}

async function sign(hostedZoneId: string): Promise<void> {
  const kmsArn = 'arn:aws:kms:us-east-1:000000000000:key/bench';
  const key = { hostedZoneId, kmsArn, name: 'bench', callerReference: 'bench', status: 'ACTIVE' as const };
  for (const outcome of [
    await desk.createKeySigningKey(key, 'bench'),
    await desk.enableHostedZoneDNSSEC({ hostedZoneId }, 'bench'),
  ]) {
    if (isRefusal(outcome)) throw new Error(outcome.message);
  }
}

await member.serve({ port: Number(port), udpWorkers: Number(workers), planBytesMax: PLAN_BYTES_MAX, zoneWrappingKey });
process.on('SIGTERM', () => process.exit());
