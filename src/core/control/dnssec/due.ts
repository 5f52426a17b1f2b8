import { nextReady } from './parent-ds.ts';
import { turnsOf } from './signing-needs.ts';
import { count } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { NO_DNSSEC, troubledKeys, type Signing, type ZoneDnssec } from './zone-dnssec.ts';

const MINUTE = 60_000;
/** What cannot be used is tried again, the more rarely the longer it has been so. */
const RETRY_MILLISECONDS_MIN = 5 * MINUTE;
const RETRY_MILLISECONDS_MAX = 6 * 60 * MINUTE;

/**
 * With the time at which something is to be done for it next. What is overdue stays so until it has been looked after, which `settled`
 * says.
 */
export function withDue(zone: HostedZone, dnssec: ZoneDnssec, now: number, settled: boolean): ZoneDnssec {
  const { signing } = dnssec;
  if (signing === undefined || (!settled && signing.dueAt <= now)) return dnssec;
  return { ...dnssec, signing: { ...signing, dueAt: dueAt(zone, dnssec, signing, now) } };
}

/** For a zone that has just begun to sign. */
export const NOTHING_DUE = Number.MAX_SAFE_INTEGER;

function dueAt(zone: HostedZone, dnssec: ZoneDnssec, signing: Signing, now: number): number {
  const nextTurn = (turnsOf(zone, now)[1] ?? 0) * 1000;
  const since = troubledKeys(dnssec).map(({ trouble }) => trouble?.since ?? now);
  if (since.length === 0) {
    const others = [nextReady(dnssec, signing, now), signing.rollover?.stepAt].filter((at) => at !== undefined);
    return Math.min(nextTurn, signing.keys.stepAt, ...others);
  }
  const wait = Math.min(Math.max(now - Math.min(...since), RETRY_MILLISECONDS_MIN), RETRY_MILLISECONDS_MAX);
  return Math.min(nextTurn, now + wait);
}

/** Keeps what is due findable by its time, and counts. Undefined: nothing is left of it. */
export function putDnssec(draft: Draft, zoneId: string, dnssec: ZoneDnssec | undefined): void {
  const held = draft.get(tables.dnssec, [zoneId]) ?? NO_DNSSEC;
  countSigned(draft, held, dnssec ?? NO_DNSSEC);
  const before = held.signing?.dueAt;
  const after = dnssec?.signing?.dueAt;
  if (before !== undefined && before !== after) draft.remove(tables.dnssecDue, [before, zoneId]);
  if (after !== undefined && before !== after) draft.put(tables.dnssecDue, [after, zoneId], true);
  if (dnssec === undefined) draft.remove(tables.dnssec, [zoneId]);
  else draft.put(tables.dnssec, [zoneId], dnssec);
}

/** Something that the zone's keys go by was said: they are to be looked after now. */
export function lookAfter(draft: Draft, zoneId: string, now: number): void {
  const dnssec = draft.get(tables.dnssec, [zoneId]);
  if (dnssec?.signing === undefined) return;
  const dueAt = Math.min(dnssec.signing.dueAt, now);
  putDnssec(draft, zoneId, { ...dnssec, signing: { ...dnssec.signing, dueAt } });
}

export interface SignedZoneCounts {
  readonly signedZones: number;
  readonly keysNeedingAction: number;
  /** Zones whose key-signing key does not roll over as it should. */
  readonly rolloversHeldUp: number;
}

const SIGNED_ZONES = 'signed-zones';
const KEYS_NEEDING_ACTION = 'keys-needing-action';
const ROLLOVERS_HELD_UP = 'rollovers-held-up';

function countSigned(draft: Draft, before: ZoneDnssec, after: ZoneDnssec): void {
  const differences: [string, (dnssec: ZoneDnssec) => number][] = [
    [SIGNED_ZONES, ({ signing }) => (signing === undefined ? 0 : 1)],
    [KEYS_NEEDING_ACTION, (dnssec) => troubledKeys(dnssec).length],
    [ROLLOVERS_HELD_UP, ({ signing }) => (signing?.rollover?.why === undefined ? 0 : 1)],
  ];
  for (const [counter, of] of differences) {
    const difference = of(after) - of(before);
    if (difference !== 0) count(draft, counter, difference);
  }
}

export function signedZoneCounts(view: View): SignedZoneCounts {
  return {
    signedZones: view.get(tables.counters, [SIGNED_ZONES]) ?? 0,
    keysNeedingAction: view.get(tables.counters, [KEYS_NEEDING_ACTION]) ?? 0,
    rolloversHeldUp: view.get(tables.counters, [ROLLOVERS_HELD_UP]) ?? 0,
  };
}
