import { nameKey } from '../../core/dns/name-key.ts';
import { parseStored } from '../../core/dns/rdata-types.ts';
import type { Soa } from '../../core/dns/rdata/soa.ts';
import { TYPE } from '../../core/dns/record-type.ts';
import { isRefusal, type ChangeBase, type Refusal } from '../../core/control/operation.ts';
import { zonesNamed } from '../../core/control/secondary-zones/attach-secondary-zone.ts';
import { dataIdOf, tables, type HostedZone, type SecondaryZone } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import { rrsetOf } from '../../core/zone/lookup.ts';
import { zoneDataOf } from '../../core/control/zone-data.ts';
import { printPeer, type Peer, type SecondaryRule } from '../settings/transfer-settings.ts';
import { TRANSFER_COUNTER, type TransferCounters } from '../transfer-counters.ts';
import type { Pulled, PullParts } from './pull-zone.ts';
import { RefreshSchedule, type SoaTimers } from './refresh-schedule.ts';
import type { Report } from '../report.ts';
import { TransferError } from './transfer-reader.ts';

/**
 * Keeps the secondary zones: makes them as the settings say, looks at their primaries when they are due, and has them expire. What it
 * finds out goes through the log as commands whose decisions hold only for what it saw, so that of several members only one can win.
 *
 * Time, dice, the network and the log come from outside.
 */
export interface KeeperParts {
  /** The newest state. Not to be kept across an `await`. */
  view(): View;
  submit(operation: string, command: unknown): Promise<{ readonly change: ChangeBase } | Refusal>;
  pull(parts: PullParts): Promise<Pulled>;
  readonly report: Report;
  readonly counters: TransferCounters;
  now(): number;
  /** From 0 up to but not including 1. */
  draw(): number;
}

/** Zones looked at side by side: each holds a connection, and a big one a few megabytes. */
export const PULLS_AT_ONCE_MAX = 32;
/** Commands on their way when many zones are made at once. */
const ATTACHED_AT_ONCE = 64;
/** A check is written down when a restart would otherwise make the zone older than it is by more than this part of its expire time. */
const CHECK_KEPT_PART = 16;

interface Kept {
  readonly zoneId: string;
  readonly name: string;
  rule: SecondaryRule | undefined;
  /** The primary that was good the last time is asked first. */
  preferred: number;
  /** The version held from which a difference has failed: until there is another, the whole zone is asked for at once. */
  wholeFrom: number | undefined;
  /** Said once and not again until it is over. */
  isTroubled: boolean;
}

export class SecondaryKeeper {
  readonly #parts: KeeperParts;
  readonly #schedule: RefreshSchedule;
  readonly #zones = new Map<string, Kept>();
  #byPlace: (string | undefined)[] = [];
  #underWay = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#schedule = new RefreshSchedule(() => parts.draw());
  }

  /** Takes new settings. Zones that they do not mention are kept, but nobody is asked for them. */
  async configure(rules: readonly SecondaryRule[]): Promise<void> {
    const placed: (string | undefined)[] = [];
    for (let at = 0; at < rules.length; at += ATTACHED_AT_ONCE) {
      placed.push(...(await Promise.all(rules.slice(at, at + ATTACHED_AT_ONCE).map((rule) => this.#attach(rule)))));
    }
    this.#byPlace = placed;
    const mentioned = new Map(placed.map((zoneId, place) => [zoneId, rules[place] as SecondaryRule]));
    const view = this.#parts.view();
    const held = secondaryZones(view);
    for (const { zone, kept } of held) this.#keep(view, zone, kept, mentioned.get(zone.id), held.length);
    const there = new Set(held.map(({ zone }) => zone.id));
    for (const zoneId of this.#zones.keys()) if (!there.has(zoneId)) this.#forget(zoneId);
    this.#count();
  }

  /** Places that the settings have. */
  get places(): number {
    return this.#byPlace.length;
  }

  /** Somebody whom the settings allow to says that the zone at this place of theirs has changed. */
  notified(place: number): void {
    const zoneId = this.#byPlace[place];
    if (zoneId !== undefined) this.#schedule.want(zoneId, this.#parts.now());
  }

  /** To be called about every second, and when something was notified. Never rejects. */
  tick(): void {
    const now = this.#parts.now();
    for (const zoneId of this.#schedule.expiring(now)) void this.#expire(zoneId);
    for (const zoneId of this.#schedule.due(now, PULLS_AT_ONCE_MAX - this.#underWay)) {
      this.#underWay += 1;
      void this.#look(zoneId).finally(() => {
        this.#underWay -= 1;
        this.#count();
      });
    }
    this.#count();
  }

  async #attach(rule: SecondaryRule): Promise<string | undefined> {
    const primaries = rule.primaries.map(printPeer);
    const existing = zonesNamed(this.#parts.view(), rule.zone).find((zone) => zone.secondary !== undefined);
    if (existing !== undefined && existing.secondary?.primaries.join() === primaries.join()) return existing.id;
    const outcome = await this.#parts.submit('AttachSecondaryZone', { name: rule.zone, primaries });
    if (!isRefusal(outcome)) return (outcome.change as ChangeBase & { readonly zone: HostedZone }).zone.id;
    this.#parts.report('error', 'a secondary zone cannot be had', { zone: rule.zone, why: outcome.message });
    return undefined;
  }

  #keep(view: View, zone: HostedZone, held: SecondaryZone, rule: SecondaryRule | undefined, others: number): void {
    const known = this.#zones.get(zone.id);
    if (rule === undefined && (known === undefined || known.rule !== undefined)) {
      this.#parts.report('warn', 'a secondary zone is in no rule any more; it is served until it expires', {
        zone: zone.name,
      });
    }
    if (known !== undefined) {
      const isNew = known.rule === undefined && rule !== undefined;
      known.rule = rule;
      known.preferred = 0;
      if (isNew) this.#schedule.want(zone.id, this.#parts.now());
      return;
    }
    this.#zones.set(zone.id, {
      zoneId: zone.id,
      name: zone.name,
      rule,
      preferred: 0,
      wholeFrom: undefined,
      isTroubled: false,
    });
    const timers = timersOf(view, zone);
    const scheduled = { zoneId: zone.id, checkedAt: held.checkedAt, expired: held.expired ?? false };
    this.#schedule.add({ ...scheduled, ...(timers && { timers }) }, this.#parts.now(), others);
  }

  #forget(zoneId: string): void {
    this.#zones.delete(zoneId);
    this.#schedule.remove(zoneId);
  }

  async #look(zoneId: string): Promise<void> {
    const zone = this.#zones.get(zoneId);
    if (zone === undefined) return;
    if (this.#parts.view().get(tables.secondaryZones, [zoneId]) === undefined) return this.#forget(zoneId);
    try {
      const good = await this.#askInTurn(zone);
      const view = this.#parts.view();
      const stored = view.get(tables.hostedZones, [zoneId]);
      const timers = stored === undefined ? undefined : timersOf(view, stored);
      if (good && timers !== undefined) this.#schedule.succeeded(zoneId, timers, this.#parts.now());
      else this.#schedule.failed(zoneId, this.#parts.now());
    } catch (error) {
      this.#schedule.failed(zoneId, this.#parts.now());
      this.#parts.report('error', 'a secondary zone could not be looked after', { zone: zone.name, err: error });
    }
  }

  /** Asks one primary after the other until one confirms the zone or gives a newer one. */
  async #askInTurn(zone: Kept): Promise<boolean> {
    const primaries = zone.rule?.primaries ?? [];
    const troubles: string[] = [];
    for (let turn = 0; turn < primaries.length; turn += 1) {
      const place = (zone.preferred + turn) % primaries.length;
      const peer = primaries[place] as Peer;
      try {
        const trouble = await this.#ask(zone, peer);
        if (trouble === undefined) {
          zone.preferred = place;
          if (zone.isTroubled)
            this.#parts.report('info', 'a primary answers again', { zone: zone.name, primary: printPeer(peer) });
          zone.isTroubled = false;
          return true;
        }
        troubles.push(`${printPeer(peer)}: ${trouble}`);
      } catch (error) {
        troubles.push(`${printPeer(peer)}: ${(error as Error).message}`);
      }
    }
    if (primaries.length > 0) this.#parts.counters.add(TRANSFER_COUNTER.failedIn);
    if (!zone.isTroubled && primaries.length > 0) {
      this.#parts.report('warn', 'no primary confirms a secondary zone', { zone: zone.name, why: troubles.join('; ') });
    }
    zone.isTroubled = true;
    return false;
  }

  /** Undefined when all is well, else why this primary is no help. */
  async #ask(zone: Kept, peer: Peer): Promise<string | undefined> {
    const view = this.#parts.view();
    const stored = view.get(tables.hostedZones, [zone.zoneId]);
    const held = view.get(tables.secondaryZones, [zone.zoneId]);
    if (stored === undefined || held === undefined) return 'the zone is gone';
    const pulled = await this.#parts.pull({
      peer,
      zone: stored,
      serial: held.serial,
      takesDifference: held.serial !== zone.wholeFrom,
      onUselessDifference: () => (zone.wholeFrom = held.serial),
      view: () => this.#parts.view(),
      submit: (operation, command) => this.#submitted(operation, command),
      nowSeconds: () => Math.floor(this.#parts.now() / 1000),
      newId: () => Math.floor(this.#parts.draw() * 0x10000),
    });
    if (pulled.kind === 'behind') return `it has the older serial ${pulled.serial}`;
    if (pulled.kind === 'current' || pulled.how === 'unchanged') await this.#confirm(zone, held);
    if (pulled.kind === 'received') this.#received(zone, peer, pulled);
    return undefined;
  }

  async #submitted<Change>(operation: string, command: unknown): Promise<Change> {
    const outcome = await this.#parts.submit(operation, command);
    if (isRefusal(outcome)) throw new TransferError(outcome.message);
    return outcome.change as Change;
  }

  #received(zone: Kept, peer: Peer, pulled: Extract<Pulled, { kind: 'received' }>): void {
    const { kind: _, ...details } = pulled;
    this.#parts.counters.add(TRANSFER_COUNTER.received);
    this.#parts.report('info', 'a zone was transferred', { zone: zone.name, primary: printPeer(peer), ...details });
    if (pulled.how === 'switched') void this.discard();
  }

  async #confirm(zone: Kept, held: SecondaryZone): Promise<void> {
    const view = this.#parts.view();
    const stored = view.get(tables.hostedZones, [zone.zoneId]);
    const expireSeconds = stored === undefined ? undefined : timersOf(view, stored)?.expireSeconds;
    const isRecent = this.#parts.now() - held.checkedAt < ((expireSeconds ?? 0) * 1000) / CHECK_KEPT_PART;
    if (isRecent && !held.expired) return;
    await this.#submitted('ConfirmSecondaryZone', { zoneId: zone.zoneId, serial: held.serial });
    if (held.expired) this.#parts.report('info', 'an expired zone is served again', { zone: zone.name });
  }

  async #expire(zoneId: string): Promise<void> {
    const held = this.#parts.view().get(tables.secondaryZones, [zoneId]);
    if (held === undefined || held.expired) return;
    const outcome = await this.#parts.submit('ExpireSecondaryZone', { zoneId, checkedAt: held.checkedAt });
    const zone = this.#zones.get(zoneId)?.name;
    if (isRefusal(outcome)) this.#parts.report('warn', 'a zone could not be expired', { zone, why: outcome.message });
    else this.#parts.report('error', 'a secondary zone has expired: it is answered with SERVFAIL', { zone });
  }

  #discarding = false;

  /** Takes away, slice by slice, what no zone refers to any more: an old version, or half of one that never came. */
  async discard(): Promise<void> {
    if (this.#discarding) return;
    this.#discarding = true;
    while (this.#parts.view().range(tables.discardedData, { limit: 1 }).length > 0) {
      if (isRefusal(await this.#parts.submit('DiscardZoneData', {}))) break;
    }
    this.#discarding = false;
  }

  #count(): void {
    this.#parts.counters.set(TRANSFER_COUNTER.secondaryZones, this.#schedule.size);
    this.#parts.counters.set(TRANSFER_COUNTER.expiredZones, this.#schedule.expired);
  }
}

const ROWS_AT_ONCE = 1000;

function secondaryZones(view: View): { readonly zone: HostedZone; readonly kept: SecondaryZone }[] {
  const found: { zone: HostedZone; kept: SecondaryZone }[] = [];
  for (let from = ''; ;) {
    const rows = view.range(tables.secondaryZones, { from: [from], limit: ROWS_AT_ONCE });
    for (const { value } of rows) {
      const zone = view.get(tables.hostedZones, [value.zoneId]);
      if (zone !== undefined) found.push({ zone, kept: value });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return found;
    from = `${last.key[0] as string}\0`;
  }
}

function timersOf(view: View, zone: HostedZone): SoaTimers | undefined {
  const apex = nameKey(zone.name);
  const soa = rrsetOf(zoneDataOf(view), { id: dataIdOf(zone) }, apex, 'SOA');
  return soa === undefined ? undefined : (parseStored(TYPE.SOA, soa.values[0] as string) as Soa);
}
