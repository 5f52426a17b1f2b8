import { nameKey } from '../../dns/name-key.ts';
import type { ChangeResourceRecordSetsCommand } from '../record-sets/change-batch.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { dsOf } from './key-records.ts';
import { parentsHere } from './parent-delegation.ts';
import { announcedKeys, type KeySigningKey, type Signing, type ZoneDnssec } from './zone-dnssec.ts';

/**
 * DS records of a zone in a parent that is one of our own zones, for a zone whose tag asks for them: a key's when every resolver can know
 * the key. They are written as anybody would write them.
 */
const HOUR = 3_600_000;
/** A zone that has just begun to sign: what was cached without signatures is gone by then. */
const AFTER_ENABLING_MILLISECONDS = 24 * HOUR;
/** A key that has just come: DNSKEY sets without it are cached for an hour. */
const AFTER_ACTIVATION_MILLISECONDS = 3 * HOUR;
const DS_TTL_SECONDS = 3600;

/** From when a DS record may lead to the key. Milliseconds since the epoch. */
function readyAt({ modifiedAt }: KeySigningKey, { since }: Signing): number {
  return Math.max(since + AFTER_ENABLING_MILLISECONDS, modifiedAt + AFTER_ACTIVATION_MILLISECONDS);
}

/** When the next key that is asked for gets ready; undefined when all are. */
export function nextReady(dnssec: ZoneDnssec, signing: Signing, now: number): number | undefined {
  if (signing.parentDs === undefined) return undefined;
  const times = announcedKeys(dnssec, signing.parentDs).map((key) => readyAt(key, signing));
  const later = times.filter((time) => time > now);
  return later.length === 0 ? undefined : Math.min(...later);
}

/** What a parent's DS set is to be, by what it is; undefined where that is not Waypost's affair. */
function wantedValues(
  dnssec: ZoneDnssec,
  signing: Signing,
  now: number,
): ((before: readonly string[]) => readonly string[]) | undefined {
  const { parentDs: which, rollover } = signing;
  if (which !== undefined) {
    return (before) => {
      const ready = (key: KeySigningKey): boolean => readyAt(key, signing) <= now || before.includes(dsOf(key));
      return announcedKeys(dnssec, which).filter(ready).map(dsOf);
    };
  }
  if (rollover?.phase !== 'told') return undefined;
  // No tag says that the set is ours: of what is there only the old key's record is replaced.
  const [old, next] = [rollover.old, rollover.next].map((name) =>
    dnssec.keySigningKeys.find((key) => key.name === name),
  );
  if (old === undefined || next === undefined) return undefined;
  const [from, to] = [dsOf(old), dsOf(next)];
  return (before) =>
    before.includes(from) ? [...before.filter((value) => value !== from && value !== to), to] : before;
}

/** What is to be written into parents now. */
export function parentDsChanges(
  view: View,
  zone: HostedZone,
  dnssec: ZoneDnssec,
  now: number,
): readonly ChangeResourceRecordSetsCommand[] {
  const { signing } = dnssec;
  const wanted = signing && wantedValues(dnssec, signing, now);
  if (signing === undefined || wanted === undefined) return [];
  const changes: ChangeResourceRecordSetsCommand[] = [];
  for (const { zoneId, dataId, nameServers } of parentsHere(view, zone)) {
    if (nameServers.length === 0) continue;
    const sets = view.get(tables.nodes, [dataId, nameKey(zone.name)])?.recordSets ?? [];
    const held = sets.find(({ type }) => type === 'DS');
    const before = held?.values ?? [];
    const values = wanted(before);
    // A zone is left without a DS record only when that is what was asked for.
    if (values.length === 0 && signing.parentDs !== 'delete') continue;
    if (values.length === before.length && values.every((value) => before.includes(value))) continue;
    const set = { name: zone.name, type: 'DS', policies: [] };
    const step =
      values.length > 0
        ? { action: 'UPSERT', recordSet: { ...set, ttlSeconds: DS_TTL_SECONDS, values } }
        : { action: 'DELETE', recordSet: { ...set, ttlSeconds: held?.ttlSeconds ?? DS_TTL_SECONDS, values: before } };
    changes.push({ hostedZoneId: zoneId, comment: `DS records of hosted zone ${zone.id}`, changes: [step] });
  }
  return changes;
}
