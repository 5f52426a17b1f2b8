import { nameKey } from '../../dns/name-key.ts';
import type { ChangeResourceRecordSetsCommand } from '../record-sets/change-batch.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { dsOf } from './key-records.ts';
import { leadsTo, parentsHere } from './parent-delegation.ts';
import { forgottenEarliest, forgottenLatest } from './unsigned-expiry.ts';
import { announcedKeys, type KeySigningKey, type Signing, type ZoneDnssec } from './zone-dnssec.ts';

/**
 * DS records of a zone in a parent that is one of our own zones, for a zone whose tag asks for them: a key's when every resolver can know
 * the key. They are written as anybody would write them.
 */
const HOUR = 3_600_000;
/** A key that has just come: DNSKEY sets without it are cached for an hour. */
const AFTER_ACTIVATION_MILLISECONDS = 3 * HOUR;
const DS_TTL_SECONDS = 3600;

/** From when a DS record may lead to the key. Milliseconds since the epoch. */
function readyAt({ modifiedAt }: KeySigningKey, signing: Signing): number {
  return Math.max(forgottenLatest(signing), modifiedAt + AFTER_ACTIVATION_MILLISECONDS);
}

/** How long caches may have answers without signatures has to be found out, unless so much time has passed that it does not matter. */
export function seeksUnsignedExpiry(dnssec: ZoneDnssec, signing: Signing, now: number): boolean {
  if (signing.parentDs === undefined || signing.unsignedUntil !== undefined) return false;
  return announcedKeys(dnssec, signing.parentDs).length > 0 && forgottenLatest(signing) > now;
}

/** When the next key that is asked for gets ready, or may be found to be; undefined when all are. */
export function nextReady(dnssec: ZoneDnssec, signing: Signing, now: number): number | undefined {
  if (signing.parentDs === undefined) return undefined;
  if (seeksUnsignedExpiry(dnssec, signing, now)) return now;
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

/** Which DS records parents of ours do not have yet, and why; undefined when there is nothing to wait for. */
export function parentDsMessage(view: View, zone: HostedZone, dnssec: ZoneDnssec): string | undefined {
  const { signing } = dnssec;
  if (signing?.parentDs === undefined) return undefined;
  const parents = parentsHere(view, zone).filter(({ nameServers }) => nameServers.length > 0);
  const waiting = announcedKeys(dnssec, signing.parentDs)
    .filter((key) => parents.some(({ signers }) => !leadsTo(signers, key)))
    .map(({ name, modifiedAt }) => {
      const earliest = Math.max(forgottenEarliest(signing), modifiedAt + AFTER_ACTIVATION_MILLISECONDS);
      return `of key-signing key ${name} not before ${new Date(earliest).toISOString()}`;
    });
  if (waiting.length === 0) return undefined;
  return `DS records are written into the parent when caches have nothing any more that they would make bogus: ${waiting.join(', ')}`;
}
