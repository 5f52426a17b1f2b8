import { nameKey, normaliseName, parentKey } from '../../dns/name-key.ts';
import { printHex } from '../../dns/field-reader.ts';
import type { Ds } from '../../dns/rdata/ds.ts';
import { parseRdata, parseStored } from '../../dns/rdata-types.ts';
import { TYPE } from '../../dns/record-type.ts';
import { DIGEST_SHA256 } from '../../dnssec/keys.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { lane } from '../lanes.ts';
import { refuse, type Refusal } from '../operation.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { PARENT_CHECK } from './zone-tags.ts';
import type { ParentTold } from './parent-told.ts';
import type { KeySigningKey } from './zone-dnssec.ts';

/** What the parent says of a zone, where the parent is one of our own zones. Of several zones of the parent's name each counts. */
export interface ParentHere extends ParentSays {
  readonly zoneId: string;
  /** See `dataIdOf`. */
  readonly dataId: string;
}

/** What is known of the parent, from one who knows. */
export interface ParentSays {
  /** Who that is, for people. */
  readonly by: string;
  readonly nameServers: readonly string[];
  readonly signers: readonly Ds[];
  /** Of the DS records; 0 without any. */
  readonly ttlSeconds: number;
}

/** None when the parent is elsewhere: also when one of our zones is above it, and delegates a name in between to others. */
export function parentsHere(view: View, zone: HostedZone): readonly ParentHere[] {
  const apex = nameKey(zone.name);
  const between: string[] = [];
  for (let at = parentKey(apex); at !== undefined; at = parentKey(at)) {
    const entries = (view.get(tables.zonesAtName, [at]) ?? []).filter((entry) => !entry.private);
    const parents = entries.filter(
      ({ zoneId, dataId = zoneId }) => !between.some((name) => setsAt(view, dataId, name, 'NS').length > 0),
    );
    if (entries.length > 0) return parents.map(({ zoneId, dataId = zoneId }) => parentHere(view, zoneId, dataId, apex));
    between.push(at);
  }
  return [];
}

function parentHere(view: View, zoneId: string, dataId: string, apex: string): ParentHere {
  const sets = setsAt(view, dataId, apex, 'DS');
  return {
    by: `hosted zone ${zoneId}`,
    zoneId,
    dataId,
    nameServers: valuesOf(setsAt(view, dataId, apex, 'NS')),
    signers: valuesOf(sets).map((value) => parseStored(TYPE.DS, value) as Ds),
    ttlSeconds: Math.max(0, ...sets.map(({ ttlSeconds = 0 }) => ttlSeconds)),
  };
}

function setsAt(view: View, dataId: string, name: string, type: string): readonly RecordSet[] {
  return (view.get(tables.nodes, [dataId, name])?.recordSets ?? []).filter((set) => set.type === type);
}

function valuesOf(sets: readonly RecordSet[]): readonly string[] {
  return sets.flatMap(({ values = [] }) => values);
}

/** All that is known of the parent. */
export interface Parents {
  readonly says: readonly ParentSays[];
  /** Lanes of zones that it was read from: it must still be so when the change is made. */
  readonly reliesOn: readonly string[];
  /** Why nothing could be found out of a parent that is elsewhere. */
  readonly silent?: string;
}

/** Where the parent is one of our own zones that says it all; otherwise goes what was told. Nobody was asked: nothing is known. */
export function parentsOf(view: View, zone: HostedZone, told: ParentTold | undefined): Parents {
  const here = parentsHere(view, zone);
  // One that knows nothing of the zone is not its parent, if another of the same name is.
  const says = here.filter(({ nameServers, signers }) => nameServers.length > 0 || signers.length > 0);
  if (here.length > 0) return { says, reliesOn: here.map(({ zoneId }) => lane.zone(zoneId)) };
  if (told === undefined) return { says: [], reliesOn: [] };
  if ('silent' in told) return { says: [], reliesOn: [], silent: told.silent };
  const answers = told.answers.map(({ by, signers, ttlSeconds, nameServers = [] }) => ({
    by: `as ${by} tells`,
    nameServers,
    signers: signers.map((value) => parseRdata(TYPE.DS, value, 'zone-file') as Ds),
    ttlSeconds,
  }));
  return { says: answers, reliesOn: [] };
}

/** A zone that is not delegated at all is not delegated in part. What could not be found out is no harm: only a DS record is. */
export function partlyDelegated(view: View, zone: HostedZone, { says }: Parents): Refusal | undefined {
  const delegating = says.filter(({ nameServers }) => nameServers.length > 0);
  const [first] = delegating;
  const own = sorted(valuesOf(setsAt(view, dataIdOf(zone), nameKey(zone.name), 'NS')));
  if (first === undefined || delegating.some(({ nameServers }) => sorted(nameServers) === own)) return undefined;
  return refuse(
    'HostedZonePartiallyDelegated',
    `The name servers of hosted zone ${zone.id} (${own}) and those that its parent, ${first.by}, has for ${zone.name} (${sorted(first.nameServers)}) differ`,
  );
}

function sorted(nameServers: readonly string[]): string {
  return nameServers.map(normaliseName).sort().join(', ');
}

/** Refuses what must not be while a DS record of the parent leads to one of these keys: also when nobody could say whether one does. */
export function keyInParent(
  zone: HostedZone,
  { says, silent }: Parents,
  keys: readonly KeySigningKey[],
): Refusal | undefined {
  for (const { by, signers } of says) {
    const key = keys.find((each) => leadsTo(signers, each));
    if (key === undefined) continue;
    return refuse(
      'KeySigningKeyInParentDSRecord',
      `Key-signing key ${key.name} is in a DS record of the parent, ${by}: delete that record first, and wait for its TTL to pass`,
    );
  }
  if (silent === undefined) return undefined;
  return refuse(
    'ServiceUnavailable',
    `Whether the parent has a DS record for ${zone.name} could not be found out (${silent}). Retry, or, if you are sure that it has none, set the tag ${PARENT_CHECK} of the hosted zone to off`,
  );
}

/** Whether one of the DS records is of the key. */
export function leadsTo(signers: readonly Ds[], key: KeySigningKey): boolean {
  return signers.some(
    (ds) =>
      ds.keyTag === key.keyTag &&
      ds.algorithm === key.algorithm &&
      // Other digests cannot be computed here; the tag has to do.
      (ds.digestType !== DIGEST_SHA256 || printHex(ds.digest) === key.digest),
  );
}
