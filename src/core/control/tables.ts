import type { ZoneSigning } from '../dnssec/zone-signing.ts';
import type { HealthCheckConfig } from '../health/health-check-config.ts';
import type { AlarmRule } from '../metrics/alarm-rule.ts';
import type { CopiedHost } from './copied-hosts.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { ZoneEntry } from '../zone/zone-data.ts';
import type { ZoneDnssec } from './dnssec/zone-dnssec.ts';
import { count, flag, listOf, present, text, type Codec } from './rows/codec.ts';
import { members } from './rows/members.ts';
import { nodeCodec, recordSetCodec } from './rows/record-set-codec.ts';
import type { Table } from './view.ts';

/**
 * Every table of the state, with its key layout. Adding one is adding it here; the store opens what this file lists. Tables that
 * have a row or more for each zone have a codec; the others' values are kept as plain data.
 */
export const tables = {
  /** [zone id] */
  hostedZones: table('hosted-zones', hostedZoneCodec()),
  /** [name key of the apex] → all zones of that name, oldest first */
  zonesAtName: table('zones-at-name', listOf(zoneEntryCodec())),
  /** [name-server set key, name key of the apex] → how many zones of that name use the set */
  zonesBySet: table('zones-by-set', count),
  /** [data id, name key]; see `dataIdOf` */
  nodes: table('nodes', nodeCodec),
  /** [zone id]: there while the zone serves signatures. Whoever changes what it says for now touches the zone, as for a change of records. */
  zoneSignings: table<ZoneSigning>('zone-signings'),
  /** [kind of resource, caller reference] → id */
  callerReferences: table('caller-references', text),
  /** [delegation set id] */
  delegationSets: table<DelegationSet>('delegation-sets'),
  /** [delegation set id, zone id] → true: which zones use a reusable set */
  delegationSetZones: table('delegation-set-zones', present),
  /** [data id, name key of the target, type, name key of the alias, set identifier or ''] → true: which aliases need it; see alias-rows.ts */
  aliases: table('aliases', present),
  /** [collection id] */
  cidrCollections: table<CidrCollection>('cidr-collections'),
  /** [name] → collection id */
  cidrCollectionNames: table('cidr-collection-names', text),
  /** [collection id, location, block] */
  cidrBlocks: table('cidr-blocks', present),
  /** [collection id, block] → location: a block is in one location only */
  cidrBlockLocations: table('cidr-block-locations', text),
  /** [collection id, zone id, name key, type, set identifier] → true: which record sets name it */
  cidrUses: table('cidr-uses', present),
  /** [zone data id, name key, type, set identifier] → true: sets for which clients must be placed */
  placedSets: table('placed-sets', present),
  /** [number]: hosts outside that aliases lead to, in the order in which they came (outside-targets.ts) */
  outsideTargets: table<OutsideTarget>('outside-targets'),
  /** [name key of the target, type] → its number */
  outsideTargetNumbers: table('outside-target-numbers', count),
  /** [name key of the target, type, data id, name key of the alias, set identifier or ''] → true: which aliases need it */
  outsideUses: table('outside-uses', present),
  /** [name key of the target, type] → what copies of zones say of it (copied-hosts.ts) */
  copiedHosts: table<CopiedHost>('copied-hosts'),
  /** [health check id] */
  healthChecks: table<HealthCheck>('health-checks'),
  /** [when it was deleted, id] → its caller reference, which is taken for some days more */
  deletedHealthChecks: table('deleted-health-checks', text),
  /** [region, name] */
  metricAlarms: table<MetricAlarm>('metric-alarms'),
  /** `master-key` → fingerprint of the master secret that private keys are wrapped with, none before the first key; `next-master-key`: see rewrap-keys.ts */
  custody: table('custody', text),
  /** [region, key id] */
  kmsKeys: table<KmsKey>('kms-keys'),
  /** [region, alias with its `alias/`] */
  kmsAliases: table<KmsAlias>('kms-aliases'),
  /** [region, key id, alias] → true: which aliases name it */
  kmsAliasesOfKey: table('kms-aliases-of-key', present),
  /** [when it is due, region, key id] → true: keys that are to be deleted */
  kmsDeletions: table('kms-deletions', present),
  /** [resource type, resource id]; of an alarm its region and name */
  tags: table<readonly Tag[]>('tags'),
  /** [change id]; never expires, because clients keep change ids for days (Terraform's state) */
  changes: table('changes', changeRecordCodec()),
  /** [zone id, sequence]: who changed what, with values before and after */
  history: table('history', historyEntryCodec()),
  /** [zone id]: what is known of a zone that is transferred in */
  secondaryZones: table<SecondaryZone>('secondary-zones'),
  /** [zone id] */
  dnssec: table<ZoneDnssec>('dnssec'),
  /** [when, zone id] → true: something is to be done for the zone's keys or signatures then; milliseconds since the epoch */
  dnssecDue: table('dnssec-due', present),
  /** [zone id]: a whole new version of the zone that is being imported and that nobody sees yet */
  stagedImports: table<StagedImport>('staged-imports'),
  /** [data id] → true: nodes that no zone refers to any more, to be taken away slice by slice */
  discardedData: table('discarded-data', present),
  /** [lane] → the sequence that last advanced it */
  lanes: table('lanes', count),
  /** [counter name]: `hosted-zones`, `signed-zones`, `keys-needing-action`, `rollovers-held-up`, `delegation-sets`, `health-checks`, `health-checks-ever`, `metric-alarms`, `kms-keys`, `outside-targets`, `outside-targets-ever` */
  counters: table('counters', count),
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
  /** What the nodes are kept under, once it is not the zone's id. */
  readonly dataId?: string;
  /** A copy of another server's zone, which the API does not edit; the addresses that it comes from. */
  readonly secondary?: { readonly primaries: readonly string[] };
}

/**
 * The id that a zone's nodes and aliases are kept under: its own, until a whole new version of the zone has been put beside the old
 * one and taken its place.
 */
export function dataIdOf(zone: HostedZone): string {
  return zone.dataId ?? zone.id;
}

export interface SecondaryZone {
  readonly zoneId: string;
  /** As of the last transfer; there is none before the first. */
  readonly serial?: number;
  /** When a primary last said that the serial is the newest one, or the zone was made. Milliseconds since the epoch. */
  readonly checkedAt: number;
  /** Nobody confirmed it for so long that it must not be answered from (RFC 1035 §3.3.13). */
  readonly expired?: true;
  /** A version that is being transferred and that nobody sees yet. */
  readonly staging?: { readonly dataId: string; readonly recordSetCount: number };
}

export interface StagedImport {
  readonly dataId: string;
  readonly recordSetCount: number;
  /** Where the zone's lane ended when the import began. */
  readonly onlyAfter: number;
  /** The last name so far; the next part begins behind it. */
  readonly lastName: string;
  /** When the last part came. Milliseconds since the epoch. */
  readonly at: number;
}

export interface DelegationSet {
  readonly id: string;
  readonly callerReference: string;
  readonly nameServers: readonly string[];
  readonly nameServerSet: string;
  readonly zoneCount: number;
}

export interface CidrCollection {
  readonly id: string;
  readonly name: string;
  /** Counts its changes, from 1. */
  readonly version: number;
  readonly callerReference: string;
}

export interface HealthCheck {
  readonly id: string;
  /** Its place in the status table. No other check ever has it, because a compiled answer may hold it for longer than the check lives. */
  readonly index: number;
  readonly callerReference: string;
  /** 1, and one more with every update. */
  readonly version: number;
  readonly config: HealthCheckConfig;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** An alarm as CloudWatch has it, without its state, which follows from its metric's data. */
export interface MetricAlarm {
  readonly region: string;
  readonly name: string;
  readonly description?: string;
  /** Kept and shown: Waypost tells nobody, its health checks look at the metric by themselves. */
  readonly actionsEnabled: boolean;
  readonly actions: AlarmActions;
  readonly rule: AlarmRule;
  /** As it was given: who left it out is not shown the rule's. */
  readonly datapointsToAlarm?: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** ARNs of what an alarm would tell on the way into a state. */
export interface AlarmActions {
  readonly ok: readonly string[];
  readonly alarm: readonly string[];
  readonly insufficientData: readonly string[];
}

/** A key of the embedded key service. */
export interface KmsKey {
  readonly region: string;
  /** A UUID; the private key is wrapped under it. */
  readonly id: string;
  readonly spec: KmsKeySpec;
  readonly description: string;
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  /** When it is due, in milliseconds since the epoch; while the deletion is pending. */
  readonly deletionAt?: number;
  /** As it was put. */
  readonly policy: string;
  readonly tags: readonly Tag[];
  /** As a DNSKEY holds it. Base64. */
  readonly publicKey: string;
  /** The private key as it rests. */
  readonly wrapped: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What zones are signed with: ECDSA on P-256, and Ed25519. */
export type KmsKeySpec = 'ECC_NIST_P256' | 'ECC_NIST_EDWARDS25519';

export interface KmsAlias {
  readonly name: string;
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Route 53 lets an alias be of almost any type; of a host's name only its addresses are followed. */
export interface OutsideTarget {
  /** Normalised. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
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
  /** More changed than `records` says: it was too much to keep. */
  readonly incomplete?: true;
}

export interface RecordDifference {
  readonly name: string;
  readonly before?: RecordSet;
  readonly after?: RecordSet;
}

function table<V>(name: string, codec?: Codec<V>): Table<V> {
  return codec === undefined ? { name } : { name, codec };
}

function hostedZoneCodec(): Codec<HostedZone> {
  return members({
    id: text,
    name: text,
    callerReference: text,
    comment: text,
    private: flag,
    recordSetCount: count,
    nameServers: listOf(text),
    nameServerSet: text,
    delegationSetId: text,
    createdAt: count,
  });
}

function zoneEntryCodec(): Codec<ZoneEntry> {
  return members({ zoneId: text, nameServerSet: text, private: flag });
}

function changeRecordCodec(): Codec<ChangeRecord> {
  return members({ id: text, sequence: count, submittedAt: count, comment: text });
}

function historyEntryCodec(): Codec<HistoryEntry> {
  const difference: Codec<RecordDifference> = members({ name: text, before: recordSetCodec, after: recordSetCodec });
  return members({ changeId: text, at: count, kind: text, comment: text, by: text, records: listOf(difference) });
}
