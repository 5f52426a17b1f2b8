import { tables, type HostedZone, type KmsKey } from '../tables.ts';
import type { View } from '../view.ts';
import { announced, ZONE_TAGS } from './zone-tags.ts';
import { leadsTo, type Parents } from './parent-delegation.ts';
import { activeKeys, type KeySigningKey, type ZoneDnssec } from './zone-dnssec.ts';

/** Without resolvers, or because a tag says so. */
export const NOBODY_ASKED =
  'no parent is hosted here that delegates the zone, and nobody else is asked what the parent says';

/** Which key a zone is to change over to. */
export type NextKey =
  /** One that it has, ready or to be activated. */
  | { readonly old: KeySigningKey; readonly next: KeySigningKey }
  /** One that is to be made, like the key of the embedded service that it has. */
  | { readonly old: KeySigningKey; readonly like: KmsKey }
  /** Why none. */
  | { readonly why: string };

export function nextKey(view: View, zone: HostedZone, dnssec: ZoneDnssec, parents: Parents): NextKey {
  const [old] = activeKeys(dnssec);
  const other = dnssec.keySigningKeys.find((key) => key !== old);
  if (old === undefined) return { why: 'no key-signing key is active' };
  const why = byHand(view, zone) ?? parentObstacle(parents, old, other);
  if (why !== undefined) return { why };
  if (other === undefined) {
    const like = embeddedKey(view, old.kmsArn);
    if (like !== undefined) return { old, like };
    return {
      why: `create the next key-signing key, INACTIVE: the KMS key of ${old.name} is not in the embedded key service`,
    };
  }
  // One that is older was in use before, and is not to come back by itself.
  if (other.status === 'INACTIVE' && other.createdAt < old.createdAt)
    return { why: `delete key-signing key ${other.name}` };
  return other.createdAt < old.createdAt ? { old: other, next: old } : { old, next: other };
}

/** What a tag says in so many words is not to be changed behind anybody's back. */
function byHand(view: View, { id }: HostedZone): string | undefined {
  const tag = [ZONE_TAGS.cds, ZONE_TAGS.parentDs].find((each) => (announced(view, id, each) ?? 'active') !== 'active');
  return tag && `the tag ${tag} says by name what the parent is to have`;
}

/** A zone that no DS record leads to has nobody to wait for, and may be about to be signed or not to be. */
function parentObstacle(
  { says, silent }: Parents,
  old: KeySigningKey,
  other: KeySigningKey | undefined,
): string | undefined {
  if (silent !== undefined) return `what the parent says could not be found out (${silent})`;
  if (says.length === 0) return NOBODY_ASKED;
  const keys = other === undefined ? [old] : [old, other];
  const without = says.find(({ signers }) => !keys.some((key) => leadsTo(signers, key)));
  return without && `the parent, ${without.by}, has no DS record of key-signing key ${old.name}`;
}

/** The key of the embedded key service that an ARN names, if it is there. */
export function embeddedKey(view: View, arn: string): KmsKey | undefined {
  const [, region, id] = /^arn:[^:]*:kms:([^:]*):[^:]*:key\/(.+)$/.exec(arn) ?? [];
  return region === undefined || id === undefined ? undefined : view.get(tables.kmsKeys, [region, id]);
}

/** `ksk_20261124`, or with a number behind it when there is one of that name. */
export function nextKeyName({ keySigningKeys }: ZoneDnssec, now: number): string {
  const name = `ksk_${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const names = keySigningKeys.map((key) => key.name);
  return names.includes(name) ? `${name}_${names.length + 1}` : name;
}
