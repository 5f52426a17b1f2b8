/**
 * When each secondary zone is looked at again, and when it is too old to be answered from (RFC 1034 §4.3.5, RFC 1035 §3.3.13). Time and
 * dice come from the caller, so a year can pass in a test. Times are milliseconds since the epoch.
 */

/** Of the zone's SOA record. */
export interface SoaTimers {
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
}

/** What is known of a zone when it comes under this schedule. */
export interface ScheduledZone {
  readonly zoneId: string;
  /** None before the first transfer. */
  readonly timers?: SoaTimers;
  readonly checkedAt: number;
  readonly expired: boolean;
}

/** A zone that says 0 must not keep a thread busy; one that says a century must not be forgotten. */
const INTERVAL_SECONDS_MIN = 1;
const INTERVAL_SECONDS_MAX = 28 * 86_400;
/** Between attempts at a first transfer: twice as long each time. */
const FIRST_SECONDS = 1;
const FIRST_SECONDS_MAX = 600;
/** Up to this part is taken off each interval, so that zones that came together do not stay together. */
const JITTER = 0.1;
/** Zones looked at per second when many come at once, as after a start. */
const STARTS_PER_SECOND = 50;

interface Entry {
  readonly zoneId: string;
  timers: SoaTimers | undefined;
  checkedAt: number;
  expired: boolean;
  nextAt: number;
  failures: number;
  isUnderWay: boolean;
  /** Somebody said while it was under way that there is something new. */
  isWantedAgain: boolean;
}

export class RefreshSchedule {
  readonly #draw: () => number;
  readonly #entries = new Map<string, Entry>();

  /** `draw` gives numbers from 0 up to but not including 1. */
  constructor(draw: () => number) {
    this.#draw = draw;
  }

  get size(): number {
    return this.#entries.size;
  }

  get expired(): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.expired) count += 1;
    return count;
  }

  has(zoneId: string): boolean {
    return this.#entries.has(zoneId);
  }

  /** A zone that is new here is looked at soon: what changed while nobody listened is not known. */
  add(zone: ScheduledZone, now: number, others: number): void {
    const spread = (others / STARTS_PER_SECOND) * 1000;
    this.#entries.set(zone.zoneId, {
      zoneId: zone.zoneId,
      timers: zone.timers,
      checkedAt: zone.checkedAt,
      expired: zone.expired,
      nextAt: now + this.#draw() * spread,
      failures: 0,
      isUnderWay: false,
      isWantedAgain: false,
    });
  }

  remove(zoneId: string): void {
    this.#entries.delete(zoneId);
  }

  /** Somebody says that the zone has changed. */
  want(zoneId: string, now: number): void {
    const entry = this.#entries.get(zoneId);
    if (entry === undefined) return;
    if (entry.isUnderWay) entry.isWantedAgain = true;
    else entry.nextAt = Math.min(entry.nextAt, now);
  }

  /** Zones to be looked at now, at most `limit`; they count as under way until `succeeded` or `failed`. */
  due(now: number, limit: number): string[] {
    const due: Entry[] = [];
    for (const entry of this.#entries.values()) if (!entry.isUnderWay && entry.nextAt <= now) due.push(entry);
    due.sort((a, b) => a.nextAt - b.nextAt);
    return due.slice(0, limit).map((entry) => {
      entry.isUnderWay = true;
      return entry.zoneId;
    });
  }

  /** Zones that have become too old, each once; with when they were checked last, as far as it was kept. */
  expiring(now: number): string[] {
    const zoneIds: string[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.expired || entry.timers === undefined) continue;
      if (now < entry.checkedAt + entry.timers.expireSeconds * 1000) continue;
      entry.expired = true;
      zoneIds.push(entry.zoneId);
    }
    return zoneIds;
  }

  /** A primary confirmed or sent the version that has these timers. */
  succeeded(zoneId: string, timers: SoaTimers, now: number): void {
    const entry = this.#entries.get(zoneId);
    if (entry === undefined) return;
    entry.timers = timers;
    entry.checkedAt = now;
    entry.expired = false;
    entry.failures = 0;
    this.#again(entry, now, timers.refreshSeconds);
  }

  /** No primary could be asked. */
  failed(zoneId: string, now: number): void {
    const entry = this.#entries.get(zoneId);
    if (entry === undefined) return;
    const first = Math.min(FIRST_SECONDS * 2 ** entry.failures, FIRST_SECONDS_MAX);
    entry.failures += 1;
    this.#again(entry, now, entry.timers?.retrySeconds ?? first);
  }

  #again(entry: Entry, now: number, seconds: number): void {
    const interval = Math.min(Math.max(seconds, INTERVAL_SECONDS_MIN), INTERVAL_SECONDS_MAX) * 1000;
    entry.nextAt = entry.isWantedAgain ? now : now + interval * (1 - JITTER * this.#draw());
    entry.isUnderWay = false;
    entry.isWantedAgain = false;
  }
}
