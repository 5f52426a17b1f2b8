import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { StepWriter } from '../../src/core/control/imports/import-steps.ts';
import { isRefusal, type ControlSettings } from '../../src/core/control/operation.ts';
import { commitGroup, type Accepted, type Submission } from '../../src/log/submit.ts';
import { openStore } from '../../src/store/store.ts';
import { recordSetsOf, zoneName } from './many-zones.ts';

/** Fills a data directory through the log, in groups as a writer under load takes them; a process of its own. Arguments: the directory, how many
 * zones it is to have, and how many it has. */
const [directory = '', count = '', from = '0'] = process.argv.slice(2);
const ZONES = Number(count);
const GROUP = 256;

const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: ['a', 'b'].map((set) => ({
    servers: [1, 2].map((n) => ({ name: `${set}${n}.waypost.test`, addresses: [] })),
  })),
  quotas: {
    hostedZonesMax: 1e9,
    recordSetsPerZoneMax: 1e9,
    delegationSetsMax: 100,
    zonesPerDelegationSetMax: 1e9,
    healthChecksMax: 100,
  },
  healthChecks: { addresses: { allow: [], deny: [] }, checkerRegions: [] },
  resolvesHosts: false,
};
const store = openStore(directory);
const writer = new StepWriter();

function commit(submissions: readonly Submission[]): ReturnType<typeof commitGroup>['outcomes'] {
  const { outcomes, failures } = commitGroup(store, submissions, settings);
  for (const failure of failures) throw failure;
  for (const outcome of outcomes) if (isRefusal(outcome)) throw new Error(outcome.message);
  return outcomes;
}

for (let first = Number(from); first < ZONES; first += GROUP) {
  const zones = Array.from({ length: Math.min(GROUP, ZONES - first) }, (_, at) => first + at);
  const created = commit(
    zones.map((zone) => ({
      operation: 'CreateHostedZone',
      command: { name: zoneName(zone), callerReference: `bench-${zone}` },
      principal: 'bench',
    })),
  );
  commit(
    created.map((outcome, at) => {
      const { zone } = (outcome as Accepted).change as HostedZoneCreated;
      for (const [name, set] of recordSetsOf(zones[at] as number)) {
        writer.add({ action: 'PUT', name: name === '' ? zone.name : `${name}.${zone.name}`, set });
      }
      return {
        operation: 'ImportRecordSets',
        command: { hostedZoneId: zone.id, steps: writer.take() },
        principal: 'bench',
      };
    }),
  );
  if (first % (GROUP * 40) === 0) console.log(String(first + zones.length));
}
await store.close();
