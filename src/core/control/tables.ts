import type { NameNode, ZoneEntry } from '../zone/zone-data.ts';
import type { Table } from './view.ts';

/** Every table of the state, with its key layout. Adding one is adding it here; the store opens what this file lists. */
export const tables = {
  /** [zone id] */
  hostedZones: { name: 'hosted-zones' } as Table<HostedZone>,
  /** [name key of the apex] → all zones of that name, oldest first */
  zonesAtName: { name: 'zones-at-name' } as Table<readonly ZoneEntry[]>,
  /** [name-server set key, name key of the apex] → how many zones of that name use the set */
  zonesBySet: { name: 'zones-by-set' } as Table<number>,
  /** [zone id, name key] */
  nodes: { name: 'nodes' } as Table<NameNode>,
  /** [kind of resource, caller reference] → id */
  callerReferences: { name: 'caller-references' } as Table<string>,
  /** [delegation set id] */
  delegationSets: { name: 'delegation-sets' } as Table<DelegationSet>,
  /** [delegation set id, zone id] → true: which zones use a reusable set */
  delegationSetZones: { name: 'delegation-set-zones' } as Table<true>,
  /** [zone id, name key of the target, type, name key of the alias, set identifier or ''] → true: which aliases need it */
  aliases: { name: 'aliases' } as Table<true>,
  /** [resource type, resource id] */
  tags: { name: 'tags' } as Table<readonly Tag[]>,
  /** [change id]; never expires, because clients keep change ids for days (Terraform's state) */
  changes: { name: 'changes' } as Table<ChangeRecord>,
  /** [zone id, sequence]: who changed what, with values before and after */
  history: { name: 'history' } as Table<HistoryEntry>,
  /** [lane] → the sequence that last advanced it */
  lanes: { name: 'lanes' } as Table<number>,
  /** [counter name]: `hosted-zones`, `delegation-sets` */
  counters: { name: 'counters' } as Table<number>,
} as const;

export interface HostedZone {
  readonly id: string;
  /** Normalised, with its trailing dot. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly private: boolean;
  readonly recordSetCount: number;
  /** Host names of the zone's name servers, without a trailing dot as Route 53 shows them. */
  readonly nameServers: readonly string[];
  /** See `nameServerSetKey`. */
  readonly nameServerSet: string;
  /** Only when made from a reusable delegation set. */
  readonly delegationSetId?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface DelegationSet {
  readonly id: string;
  readonly callerReference: string;
  readonly nameServers: readonly string[];
  readonly nameServerSet: string;
  readonly zoneCount: number;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface ChangeRecord {
  readonly id: string;
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  readonly comment?: string;
}

export interface HistoryEntry {
  readonly changeId: string;
  readonly at: number;
  readonly kind: string;
  readonly comment?: string;
  /** Access key id of the caller. */
  readonly by: string;
  readonly records: readonly RecordDifference[];
}

export interface RecordDifference {
  readonly name: string;
  readonly before?: import('../zone/record-set.ts').RecordSet;
  readonly after?: import('../zone/record-set.ts').RecordSet;
}
