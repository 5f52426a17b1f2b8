import { nameKey, normaliseName, parentKey } from '../../dns/name-key.ts';
import { printHex } from '../../dns/field-reader.ts';
import type { Ds } from '../../dns/rdata/ds.ts';
import { parseStored } from '../../dns/rdata-types.ts';
import { TYPE } from '../../dns/record-type.ts';
import { DIGEST_SHA256 } from '../../dnssec/keys.ts';
import { lane } from '../lanes.ts';
import { refuse, type Refusal } from '../operation.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import type { KeySigningKey } from './zone-dnssec.ts';

/**
 * What the parent says of a zone, where the parent is one of our own zones: elsewhere nobody is asked. Of several zones of the
 * parent's name each counts.
 */
export interface ParentHere {
  readonly zoneId: string;
  /** See `dataIdOf`. */
  readonly dataId: string;
  readonly nameServers: readonly string[];
  readonly signers: readonly Ds[];
}

export function parentsHere(view: View, zone: HostedZone): readonly ParentHere[] {
  const apex = nameKey(zone.name);
  for (let at = parentKey(apex); at !== undefined; at = parentKey(at)) {
    const entries = (view.get(tables.zonesAtName, [at]) ?? []).filter((entry) => !entry.private);
    if (entries.length > 0)
      return entries.map(({ zoneId, dataId }) => parentHere(view, zoneId, dataId ?? zoneId, apex));
  }
  return [];
}

function parentHere(view: View, zoneId: string, dataId: string, apex: string): ParentHere {
  const signers = valuesAt(view, dataId, apex, 'DS').map((value) => parseStored(TYPE.DS, value) as Ds);
  return { zoneId, dataId, nameServers: valuesAt(view, dataId, apex, 'NS'), signers };
}

function valuesAt(view: View, dataId: string, name: string, type: string): readonly string[] {
  const sets = view.get(tables.nodes, [dataId, name])?.recordSets ?? [];
  return sets.filter((set) => set.type === type).flatMap((set) => set.values ?? []);
}

/** What was judged about them must still be so when the change is made. */
export function parentLanes(parents: readonly ParentHere[]): string[] {
  return parents.map(({ zoneId }) => lane.zone(zoneId));
}

/** A zone that is not delegated at all is not delegated in part. */
export function partlyDelegated(view: View, zone: HostedZone, parents: readonly ParentHere[]): Refusal | undefined {
  const delegating = parents.filter(({ nameServers }) => nameServers.length > 0);
  if (delegating.length === 0) return undefined;
  const own = sorted(valuesAt(view, dataIdOf(zone), nameKey(zone.name), 'NS'));
  if (delegating.some(({ nameServers }) => sorted(nameServers) === own)) return undefined;
  return refuse(
    'HostedZonePartiallyDelegated',
    `The name servers of hosted zone ${zone.id} (${own}) and those that its parent, hosted zone ${delegating[0]?.zoneId}, has for ${zone.name} (${sorted(delegating[0]?.nameServers ?? [])}) differ`,
  );
}

function sorted(nameServers: readonly string[]): string {
  return nameServers.map(normaliseName).sort().join(', ');
}

export function keyInParent(parents: readonly ParentHere[], keys: readonly KeySigningKey[]): Refusal | undefined {
  for (const { zoneId, signers } of parents) {
    const key = keys.find((each) => signers.some((ds) => leadsTo(ds, each)));
    if (key === undefined) continue;
    return refuse(
      'KeySigningKeyInParentDSRecord',
      `Key-signing key ${key.name} is in a DS record of the parent, hosted zone ${zoneId}: delete that record first, and wait for its TTL to pass`,
    );
  }
  return undefined;
}

function leadsTo(ds: Ds, key: KeySigningKey): boolean {
  if (ds.keyTag !== key.keyTag || ds.algorithm !== key.algorithm) return false;
  return ds.digestType !== DIGEST_SHA256 || printHex(ds.digest) === key.digest;
}
