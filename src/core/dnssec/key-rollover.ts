import { DNSKEY_TTL_SECONDS, MARGIN_MILLISECONDS } from './zone-keys.ts';

/**
 * How a zone changes over to another key-signing key by itself: both sign the DNSKEY set while the parent's DS record moves from the old one
 * to the next (Double-KSK, RFC 7583 §3.3.1; RFC 6781 §4.1.2). What is waited for outside has no time limit, because both ends of
 * every wait are valid; what resolvers may have cached has. Each step waits for `stepAt` and may be taken later, but never earlier.
 */
export type KeyRollover = WaitingForTime | NextMade | NextPublished | NextAnnounced | OldRetired;

interface Always {
  /** From one key to the next, as its owner wants it. */
  readonly days: number;
  /** When to look or to do something next. Milliseconds since the epoch. */
  readonly stepAt: number;
  /** Why it does not go on; for people. */
  readonly why?: string;
}

/** Names of key-signing keys. */
interface Keys {
  readonly old: string;
  readonly next: string;
}

/** One key signs. */
export interface WaitingForTime extends Always {
  readonly phase: 'waiting';
}

/** The key service has a new key, and the zone does not know it yet. */
export interface NextMade extends Always, Keys {
  readonly phase: 'made';
  readonly kmsArn: string;
}

/** Both sign, and somebody may know a DNSKEY set without the next one. */
export interface NextPublished extends Always, Keys {
  readonly phase: 'published';
}

export interface AtTheParent extends Always, Keys {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** From when on the parent has had a DS record of the next key and none of the old one, each time that it was asked. */
  readonly agreedSince?: number;
  /** When that was seen last. */
  readonly agreedAt?: number;
  /** The longest that a DS set of the parent was seen to be kept, within bounds. */
  readonly ttlSeconds: number;
}

/** The parent has been told to have the next key in the old one's place. */
export interface NextAnnounced extends AtTheParent {
  readonly phase: 'told';
}

/** The old one does not sign any more, and could do so again if the parent went back. */
export interface OldRetired extends AtTheParent {
  readonly phase: 'retired';
}

export type RolloverPhase = KeyRollover['phase'];

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Shorter than a month no parent would like; longer than ten years nobody has to be helped with. */
export const ROLLOVER_DAYS_MIN = 30;
export const ROLLOVER_DAYS_MAX = 3650;
/** The part of the time that differs from zone to zone. */
const JITTER = 0.1;
/** Zones whose time has come when they are first told to roll over do not begin together. */
const FIRST_MILLISECONDS = DAY;
/** What a DS record's TTL is taken for where it is not known or shorter, and RFC 8767's and resolvers' limit for what is longer. */
const DS_TTL_SECONDS_MIN = 86_400;
const DS_TTL_SECONDS_MAX = 7 * 86_400;
/** For name servers of the parent that are behind the others, and that no resolver of ours has met. */
const BEHIND_MILLISECONDS = DAY;
/** How often the parent is looked at: often at first, and the more rarely the longer it takes. */
const LOOK_MILLISECONDS_MIN = HOUR;
const LOOK_MILLISECONDS_MAX = 12 * HOUR;
/** What the parent said in between is not known after a longer pause. */
const PAUSE_MILLISECONDS_MAX = 2 * LOOK_MILLISECONDS_MAX + 2 * HOUR;
/** What cannot go on, and waits for somebody, is looked at again. */
export const OBSTACLE_MILLISECONDS = 12 * HOUR;
/** A clock that is doubted. */
export const DOUBT_MILLISECONDS = 6 * HOUR;
/** From then on it shows that the parent does not follow. */
export const LATE_MILLISECONDS = 14 * DAY;
/** The DNSKEY set with the next key is all that anybody knows by then. */
export const KNOWN_MILLISECONDS = DNSKEY_TTL_SECONDS * 1000 + MARGIN_MILLISECONDS;

/** `jitter` is from 0 to 1. */
export function rolloverDue(from: number, days: number, jitter: number): number {
  return from + Math.floor(days * DAY * (1 - JITTER * jitter));
}

/** For a zone whose key signs since `since` and that has just been told to roll over. */
export function firstRolloverDue(since: number, days: number, now: number, jitter: number): number {
  return Math.max(rolloverDue(since, days, jitter), now + Math.floor(jitter * FIRST_MILLISECONDS));
}

/** When to look at the parent again. */
export function nextLook(since: number, now: number, jitter: number): number {
  const wait = Math.min(Math.max((now - since) / 8, LOOK_MILLISECONDS_MIN), LOOK_MILLISECONDS_MAX);
  return now + Math.floor(wait * (1 - JITTER * jitter));
}

/** What was seen at the parent. Undefined: nobody could tell. */
export interface Seen {
  /** Only the next key, wherever anybody looked. */
  readonly agreed: boolean;
  readonly ttlSeconds: number;
}

export function withSeen<T extends AtTheParent>(state: T, seen: Seen | undefined, now: number): T {
  if (seen === undefined) return state;
  const { agreedSince, agreedAt, ...rest } = state;
  const ttlSeconds = Math.min(Math.max(state.ttlSeconds, seen.ttlSeconds), DS_TTL_SECONDS_MAX);
  if (!seen.agreed) return { ...rest, ttlSeconds } as T;
  const unbroken = agreedAt !== undefined && now - agreedAt <= PAUSE_MILLISECONDS_MAX;
  return { ...state, ttlSeconds, agreedSince: (unbroken ? agreedSince : undefined) ?? now, agreedAt: now };
}

export function atTheParent(keys: Keys & Pick<Always, 'days'>, now: number): Omit<AtTheParent, 'stepAt'> {
  const { days, old, next } = keys;
  return { days, old, next, since: now, ttlSeconds: DS_TTL_SECONDS_MIN };
}

/** Nobody has a DS record of the old key any more. `sure` is the earliest that it can be. */
export function isForgotten({ agreedSince, ttlSeconds }: AtTheParent, sure: number): boolean {
  return agreedSince !== undefined && sure >= agreedSince + ttlSeconds * 1000 + BEHIND_MILLISECONDS;
}
