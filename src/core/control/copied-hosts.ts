import { keyToText, nameKey, parentKey } from '../dns/name-key.ts';
import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { COPIED_TTL_SECONDS } from '../zone/default-answer.ts';
import { touchedById } from './hosted-zones/zone-catalog.ts';
import { lane } from './lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from './operation.ts';
import { outsideTargetNumber } from './outside-targets.ts';
import { applySteps } from './record-sets/apply-steps.ts';
import type { RecordSetStep } from './record-sets/change-batch.ts';
import { isTransferredOut, withSerialAdvanced } from './record-sets/serial-advance.ts';
import { keepHistory } from './records-kept.ts';
import { dataIdOf, tables, type HostedZone, type RecordDifference } from './tables.ts';
import type { Draft, Key, View } from './view.ts';

/**
 * What copies of zones are told of the hosts outside that aliases lead to. A host's addresses are observed, and no part of a zone; but who
 * copies the zone goes by its serial, so what goes into copies is written down, and every zone that others copy gets the next serial
 * with it and a history that says what changed.
 */
export interface CopiedHost {
  readonly values: readonly string[];
  /** While zones are still to be told, a part at a time: what the host's addresses were before, and the last that was told. */
  readonly telling?: { readonly before: readonly string[]; readonly after: Key };
}

export interface CopyHostCommand {
  /** Normalised. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  /** Its addresses, in an order that stays. */
  readonly values: readonly string[];
}

export interface HostCopied extends ChangeBase, CopyHostCommand {
  readonly kind: 'HostCopied';
  readonly before: readonly string[];
  /** The last use of the host that was looked at, when there may be more behind it. */
  readonly after?: Key;
  readonly zones: readonly {
    readonly zoneId: string;
    /** The aliases: names and set identifiers. */
    readonly sets: readonly (readonly [name: string, setIdentifier: string])[];
    /** What gives the zone its next serial. */
    readonly steps: readonly RecordSetStep[];
  }[];
}

/** Aliases in one change: each may be another zone's. */
const USES_AT_ONCE = 500;
const ADDRESSES_MAX = 32;

/** Whether zones that are copied say of a host what it resolves to. */
export function isCopied(view: View, { name, type, values }: CopyHostCommand): boolean {
  const copied = view.get(tables.copiedHosts, [nameKey(name), type]);
  return copied !== undefined && copied.telling === undefined && same(copied.values, values);
}

/** A step towards that: to be sent until `isCopied`. What is under way is brought to its end before anything newer. */
export const copyHost: WriteOperation<CopyHostCommand, HostCopied> = {
  operation: 'CopyHost',
  kind: 'HostCopied',
  decide(view, command, given) {
    const { name, type } = command;
    const target = [nameKey(name), type];
    if (outsideTargetNumber(view, name, type) === undefined) {
      return refuse('InvalidInput', `no alias of type ${type} leads to ${name}`);
    }
    const parse = type === 'A' ? parseIpv4 : parseIpv6;
    if (command.values.length > ADDRESSES_MAX || command.values.some((value) => parse(value) === undefined)) {
      return refuse('InvalidInput', `a host has up to ${ADDRESSES_MAX} addresses, and those of type ${type} only`);
    }
    const copied = view.get(tables.copiedHosts, target);
    const telling = copied?.telling;
    const [values, before] =
      telling === undefined ? [command.values, copied?.values ?? []] : [copied?.values ?? [], telling.before];
    const rows = view.range(tables.outsideUses, {
      prefix: target,
      ...(telling === undefined ? {} : { from: behind(telling.after) }),
      limit: USES_AT_ONCE,
    });
    const last = rows.length < USES_AT_ONCE ? undefined : rows.at(-1)?.key;
    const keys = same(values, before) ? [] : rows.map((row) => row.key);
    const zones = [...usesByZone(view, keys)].filter(([zone]) => isTransferredOut(given.settings, zone.name));
    return {
      kind: 'HostCopied',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      name,
      type,
      values,
      before,
      ...(last === undefined || keys.length === 0 ? {} : { after: last }),
      zones: zones.map(([zone, sets]) => ({ zoneId: zone.id, sets, steps: withSerialAdvanced(view, zone, []) })),
    };
  },
  lanes: (change) => ({
    advances: [lane.copiedHosts, ...change.zones.map(({ zoneId }) => lane.zone(zoneId))],
    reliesOn: [],
  }),
  apply(draft, change, sequence) {
    const { name, type, values, before, after } = change;
    const telling = after === undefined ? {} : { telling: { before, after } };
    draft.put(tables.copiedHosts, [nameKey(name), type], { values, ...telling });
    for (const { zoneId, sets, steps } of change.zones) {
      const zone = draft.get(tables.hostedZones, [zoneId]);
      if (zone === undefined) continue;
      const { differences } = applySteps(draft, zone, steps);
      const moved = sets.flatMap(([owner, setIdentifier]) => differenceAt(draft, zone, owner, setIdentifier, change));
      keepHistory(draft, zoneId, change, sequence, [...differences, ...moved]);
    }
  },
  touches: (view, change) => change.zones.flatMap(({ zoneId }) => touchedById(view, zoneId)),
};

/** As if the alias had been a set of the host's addresses, and became one of others. */
function differenceAt(
  draft: Draft,
  zone: HostedZone,
  name: string,
  setIdentifier: string,
  { type, values, before }: HostCopied,
): RecordDifference[] {
  const node = draft.get(tables.nodes, [dataIdOf(zone), nameKey(name)]);
  const set = node?.recordSets.find((each) => each.type === type && (each.setIdentifier ?? '') === setIdentifier);
  if (set === undefined) return [];
  const { alias: _, ...plain } = set;
  const as = (addresses: readonly string[]): RecordSet => ({
    ...plain,
    ttlSeconds: COPIED_TTL_SECONDS,
    values: addresses,
  });
  return [
    {
      name,
      ...(before.length === 0 ? {} : { before: as(before) }),
      ...(values.length === 0 ? {} : { after: as(values) }),
    },
  ];
}

/** Rows of `outsideUses`, by the zone that the alias is in. */
function usesByZone(view: View, keys: readonly Key[]): Map<HostedZone, [string, string][]> {
  const zones = new Map<string, HostedZone | undefined>();
  const uses = new Map<HostedZone, [string, string][]>();
  for (const [, , dataId, owner, setIdentifier] of keys as readonly (readonly string[])[]) {
    const [id, key] = [dataId as string, owner as string];
    if (!zones.has(id)) zones.set(id, zoneOf(view, id, key));
    const zone = zones.get(id);
    if (zone === undefined) continue;
    const sets = uses.get(zone) ?? [];
    uses.set(zone, sets);
    sets.push([keyToText(key), setIdentifier ?? '']);
  }
  return uses;
}

/** The zone that has its nodes there, by one of its names; undefined for one that is only being staged. */
function zoneOf(view: View, dataId: string, owner: string): HostedZone | undefined {
  for (let at: string | undefined = owner; at !== undefined; at = parentKey(at)) {
    const entry = (view.get(tables.zonesAtName, [at]) ?? []).find((each) => (each.dataId ?? each.zoneId) === dataId);
    if (entry !== undefined) return view.get(tables.hostedZones, [entry.zoneId]);
  }
  return undefined;
}

function behind(key: Key): Key {
  return [...key.slice(0, -1), `${key.at(-1) as string}\0`];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
