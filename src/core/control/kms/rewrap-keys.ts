import type { ZoneKey, ZoneKeys } from '../../dnssec/zone-keys.ts';
import type { SigningKey } from '../../dnssec/zone-signing.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Draft } from '../view.ts';
import { MASTER_KEY } from './adopt-master-key.ts';

/** The same keys, wrapped anew. */
export interface RewrappedKeys {
  readonly kmsKeys: readonly { readonly region: string; readonly id: string; readonly wrapped: string }[];
  /** Of each zone its keys as they were and as they are wrapped. */
  readonly zones: readonly { readonly zoneId: string; readonly wrapped: readonly Rewrapped[] }[];
}

interface Rewrapped {
  readonly before: string;
  readonly after: string;
}

export interface RewrapKeysCommand extends RewrappedKeys {
  /** Fingerprint of the master secret that they are wrapped with now. */
  readonly fingerprint: string;
  /** These were the last ones: the data belongs to that secret from now on. */
  readonly finished: boolean;
}

export interface KeysRewrapped extends ChangeBase, RewrapKeysCommand {
  readonly kind: 'KeysRewrapped';
}

/** In `tables.custody`: the fingerprint of the master secret that some keys are wrapped with already, while others are not yet. */
export const NEXT_MASTER_KEY = 'next-master-key';

/** A part of the change to another master key, which is made while no member serves. AWS has no word for it. */
export const rewrapKeys: WriteOperation<RewrapKeysCommand, KeysRewrapped> = {
  operation: 'RewrapKeys',
  kind: 'KeysRewrapped',
  decide(view, command, given) {
    if ((view.get(tables.custody, [NEXT_MASTER_KEY]) ?? command.fingerprint) !== command.fingerprint) {
      return refuse('InvalidInput', 'A change to another master key has begun and is not finished.');
    }
    return { kind: 'KeysRewrapped', id: given.newId('change'), at: given.now, by: given.principal, ...command };
  },
  lanes: () => ({ advances: [lane.custody, lane.kms], reliesOn: [] }),
  apply(draft, { kmsKeys, zones, fingerprint, finished }) {
    for (const { region, id, wrapped } of kmsKeys) {
      const key = draft.get(tables.kmsKeys, [region, id]);
      if (key !== undefined) draft.put(tables.kmsKeys, [region, id], { ...key, wrapped });
    }
    for (const { zoneId, wrapped } of zones)
      rewrapZone(draft, zoneId, new Map(wrapped.map((each) => [each.before, each.after])));
    if (finished) {
      draft.put(tables.custody, [MASTER_KEY], fingerprint);
      draft.remove(tables.custody, [NEXT_MASTER_KEY]);
    } else draft.put(tables.custody, [NEXT_MASTER_KEY], fingerprint);
  },
  touches: (_view, { zones }) => zones.map(({ zoneId }) => zoneId),
};

function rewrapZone(draft: Draft, zoneId: string, wrapped: ReadonlyMap<string, string>): void {
  const anew = <K extends SigningKey>(key: K): K => ({ ...key, wrapped: wrapped.get(key.wrapped) ?? key.wrapped });
  const dnssec = draft.get(tables.dnssec, [zoneId]);
  if (dnssec?.signing !== undefined) {
    const { signing } = dnssec;
    draft.put(tables.dnssec, [zoneId], { ...dnssec, signing: { ...signing, keys: mapKeys(signing.keys, anew) } });
  }
  const served = draft.get(tables.zoneSignings, [zoneId]);
  if (served !== undefined) draft.put(tables.zoneSignings, [zoneId], { ...served, signer: anew(served.signer) });
}

function mapKeys({ signer, next, former, stepAt }: ZoneKeys, anew: (key: ZoneKey) => ZoneKey): ZoneKeys {
  return {
    signer: anew(signer),
    ...(next === undefined ? {} : { next: anew(next) }),
    ...(former === undefined ? {} : { former: anew(former) }),
    stepAt,
  };
}
