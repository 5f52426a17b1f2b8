import { splitRouting } from '../zone/routing-from-text.ts';
import { createCidrCollection } from './cidr/create-cidr-collection.ts';
import { createHostedZone } from './hosted-zones/create-hosted-zone.ts';
import { MemoryDraft } from './memory-draft.ts';
import {
  isRefusal,
  type ChangeBase,
  type ControlSettings,
  type Given,
  type Quotas,
  type WriteOperation,
} from './operation.ts';
import { changeResourceRecordSets } from './record-sets/change-resource-record-sets.ts';
import { listResourceRecordSets } from './record-sets/list-resource-record-sets.ts';

const QUOTAS: Quotas = {
  hostedZonesMax: 500,
  recordSetsPerZoneMax: 100,
  delegationSetsMax: 10,
  zonesPerDelegationSetMax: 10,
  healthChecksMax: 10,
};

const ID_PREFIX = {
  'hosted-zone': 'Z',
  change: 'C',
  'delegation-set': 'N',
  'zone-data': 'D',
  'health-check': 'h',
  'cidr-collection': 'cidr-',
};

/** For tests: a state and the settings that commands meet. */
export class House {
  readonly draft = new MemoryDraft();
  #ids = 0;
  #sequence = 0;
  given: Given;

  constructor({ quotas, ...settings }: Partial<Omit<ControlSettings, 'quotas'>> & { quotas?: Partial<Quotas> } = {}) {
    this.given = {
      now: 0,
      principal: 'AKTEST',
      newId: (kind) => `${ID_PREFIX[kind]}${(this.#ids += 1)}`,
      settings: {
        accountId: '000000000000',
        nameServerSets: ['a', 'b'].map((set) => ({
          servers: [1, 2].map((n) => ({ name: `${set}${n}.ns.test`, addresses: [] })),
        })),
        resolvesHosts: true,
        healthChecks: { addresses: { allow: [], deny: ['203.0.113.0/24'] }, checkerRegions: ['office'] },
        ...settings,
        quotas: { ...QUOTAS, ...quotas },
      },
    };
  }

  /** From now on it is this late. */
  now(now: number): void {
    this.given = { ...this.given, now };
  }

  /** The change, or `code: message`. */
  run<C, Ch extends ChangeBase>(operation: WriteOperation<C, Ch>, command: C): Ch | string {
    const change = operation.decide(this.draft, command, this.given);
    if (isRefusal(change)) return `${change.refused}: ${change.message}`;
    operation.apply(this.draft, change, (this.#sequence += 1));
    return change;
  }

  zone(name: string, more: { delegationSetId?: string } = {}) {
    const change = this.run(createHostedZone, { name, callerReference: `ref-${(this.#ids += 1)}`, ...more });
    if (typeof change === 'string') throw new Error(change);
    return change;
  }

  collection(name: string) {
    const change = this.run(createCidrCollection, { name, callerReference: name });
    if (typeof change === 'string') throw new Error(change);
    return change;
  }

  /**
   * Lines of `ACTION name type value,value`; `ALIAS:target` is an alias in the zone, `ALIAS:target@ID` in the zone with that id. Routing stands behind, in brackets, as in
   * zone text, with `ttl 30` for another TTL than 60. `ok` or the message.
   */
  batch(hostedZoneId: string, text: string): string {
    const changes = text
      .trim()
      .split('\n')
      .map((line) => {
        const { rest: record, set, evaluateTargetHealth } = splitRouting(line.trim());
        const [action = '', name = '', type = '', ...rest] = record.split(' ');
        const value = rest.join(' ');
        const content = value.startsWith('ALIAS:')
          ? { alias: aliasInput(value.slice(6), hostedZoneId, evaluateTargetHealth) }
          : { ttlSeconds: Number(/ ttl ([0-9]+)/.exec(line)?.[1] ?? 60), values: value.split(',') };
        const policies = set.routing === undefined ? [] : [set.routing.policy];
        return { action, recordSet: { name, type, policies, ...set, ...content } };
      });
    const change = this.run(changeResourceRecordSets, { hostedZoneId, changes });
    return typeof change === 'string' ? change : 'ok';
  }

  list(hostedZoneId: string, maxItems = 300, start: { startName?: string; startType?: string } = {}) {
    const page = listResourceRecordSets.read(this.draft, { hostedZoneId, maxItems, ...start }, this.given);
    if (isRefusal(page)) throw new Error(page.message);
    return page;
  }
}

function aliasInput(text: string, ownZoneId: string, evaluateTargetHealth: boolean) {
  const [dnsName = '', hostedZoneId = ownZoneId] = text.split('@');
  return { hostedZoneId, dnsName, evaluateTargetHealth };
}
