import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { StepWriter } from '../../src/core/control/imports/import-steps.ts';
import { isRefusal } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import { tables } from '../../src/core/control/tables.ts';
import { Wrapping } from '../../src/keys/wrapping.ts';
import { newZoneKey } from '../../src/keys/zone-keys.ts';
import { commitGroup } from '../../src/log/submit.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { addressOf } from '../generator/recipe.ts';
import { TTL_SECONDS } from '../peers/zones.ts';
import { hostName, SIGNED_ZONE } from './names.ts';

/** As many names as are answered for the first time in some seconds. */
export const COLD_NAMES = 300_000;
/** Only the bench's own key is ever wrapped with it. */
export const COLD_WRAPPING_KEY = new Uint8Array(32).fill(7);

const STEPS = 10_000;
const SETTINGS = {
  ...PLAIN_SETTINGS,
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.example', addresses: [] }] }],
  quotas: { ...PLAIN_SETTINGS.quotas, recordSetsPerZoneMax: 10_000_000 },
};

/** A store with a signed zone of so many names, filled through the log's own code. */
export async function fillCold(directory: string): Promise<void> {
  const store = openStore(directory);
  const name = SIGNED_ZONE;
  const { zone } = commit<HostedZoneCreated>(store, 'CreateHostedZone', { name, callerReference: name });
  const writer = new StepWriter();
  for (let index = 0; index < COLD_NAMES; index += 1) {
    const set = { type: 'A', ttlSeconds: TTL_SECONDS, values: [addressOf(index).join('.')] };
    writer.add({ action: 'PUT', name: `${hostName(index)}.${zone.name}`, set });
    if (writer.count < STEPS && index < COLD_NAMES - 1) continue;
    commit(store, 'ImportRecordSets', { hostedZoneId: zone.id, steps: writer.take() });
  }
  const { tag, algorithm, wrapped } = newZoneKey(new Wrapping(COLD_WRAPPING_KEY), 13);
  const signing = { signer: { tag, algorithm, wrapped }, signedAhead: [] };
  store.write((draft) => draft.put(tables.zoneSignings, [zone.id], signing));
  await store.close();
}

function commit<Ch>(store: Store, operation: string, command: unknown): Ch {
  const { outcomes, failures } = commitGroup(store, [{ operation, command, principal: 'bench' }], SETTINGS);
  const [outcome, failure] = [outcomes[0], failures[0]];
  if (failure !== undefined) throw failure;
  if (outcome === undefined || isRefusal(outcome)) throw new Error(outcome?.message);
  return outcome.change as unknown as Ch;
}
