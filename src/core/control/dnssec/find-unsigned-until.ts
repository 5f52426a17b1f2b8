import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { zoneNodes } from '../record-sets/zone-nodes.ts';
import { dataIdOf, tables, type HistoryEntry, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { cachedUntil } from './unsigned-expiry.ts';

/** Read in one turn: a third of a millisecond. Of the history one entry is, which may be as large as a batch. */
const NODES_AT_ONCE = 256;

/**
 * Until when caches may have answers without signatures of a zone that signs since `since`: from the TTLs of its record sets, and of those that were replaced or removed
 * before. Milliseconds since the epoch. Between two turns of the generator little is read, and the zone may change: what a
 * change replaces is in the history, which is read last. Negative answers are kept no longer than the SOA record (RFC 2308 §3), those of hosts outside for a minute.
 */
export function* findUnsignedUntil(view: View, zone: HostedZone, since: number): Generator<void, number> {
  const longest = yield* longestTtl(view, zone);
  return Math.max(cachedUntil(since, longest), yield* replacedUntil(view, zone, since));
}

function* longestTtl(view: View, zone: HostedZone): Generator<void, number> {
  let longest = 0;
  let nodes = 0;
  for (const { key, node } of zoneNodes(view, dataIdOf(zone))) {
    for (const set of node.recordSets) longest = Math.max(longest, ttlOf(zone, key, set));
    if ((nodes += 1) % NODES_AT_ONCE === 0) yield;
  }
  return longest;
}

function* replacedUntil(view: View, zone: HostedZone, since: number): Generator<void, number> {
  let until = 0;
  /** The longest TTL that the zone can have had by then. */
  let had: number | undefined;
  for (let from = 0; ; yield) {
    const [row] = view.range(tables.history, { prefix: [zone.id], from: [zone.id, from], limit: 1 });
    if (row === undefined) return until;
    const { key, value: entry } = row;
    const [before, after] = longestTtls(zone, entry);
    // Not all that was there before is known.
    const lost = had === undefined ? entry.kind !== 'HostedZoneCreated' : entry.incomplete === true;
    until = Math.max(until, cachedUntil(Math.min(entry.at, since), lost ? (had ?? Infinity) : before));
    had = lost ? Infinity : Math.max(had ?? 0, after);
    from = (key[1] as number) + 1;
  }
}

function longestTtls(zone: HostedZone, { records }: HistoryEntry): readonly [before: number, after: number] {
  let [before, after] = [0, 0];
  for (const difference of records) {
    const key = nameKey(difference.name);
    before = Math.max(before, ttlOf(zone, key, difference.before));
    after = Math.max(after, ttlOf(zone, key, difference.after));
  }
  return [before, after];
}

/** Seconds; 0 of what is never signed, so that nobody misses its signature: NS records of a delegation (RFC 4035 §2.2). */
function ttlOf(zone: HostedZone, key: string, set: RecordSet | undefined): number {
  return set?.type === 'NS' && key !== nameKey(zone.name) ? 0 : (set?.ttlSeconds ?? 0);
}
