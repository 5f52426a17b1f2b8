import type { NextMade } from '../../dnssec/key-rollover.ts';
import { createKmsKey } from '../kms/create-kms-key.ts';
import { zoneSigningPolicy } from '../kms/key-policy.ts';
import { refuse } from '../operation.ts';
import type { Tag } from '../tables.ts';
import { dnssecOperation, type ParentCommand } from './dnssec-operation.ts';
import { embeddedKey, nextKey, nextKeyName } from './next-key.ts';
import { parentsOf } from './parent-delegation.ts';
import { signingZone } from './signing-zone.ts';
import { withKms } from './with-kms.ts';
import { withTags } from './with-tags.ts';

export interface MakeNextKeySigningKeyCommand extends ParentCommand {
  /** What time it is at the earliest. */
  readonly sure: number;
  readonly kmsKey: { readonly id: string; readonly publicKey: string; readonly wrapped: string };
}

const judged = dnssecOperation<MakeNextKeySigningKeyCommand, 'NextKeySigningKeyMade'>({
  operation: 'MakeNextKeySigningKey',
  kind: 'NextKeySigningKeyMade',
  byTime: true,
  judge(view, { hostedZoneId, sure, parent, kmsKey }, now) {
    const found = signingZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    const { signing = found.signing } = withTags(view, zone, dnssec, now);
    const parents = parentsOf(view, zone, parent);
    const next = nextKey(view, zone, dnssec, parents);
    const { rollover } = signing;
    if (rollover?.phase !== 'waiting' || rollover.stepAt > Math.min(now, sure) || !('like' in next)) {
      return refuse('InvalidSigningStatus', `Hosted zone ${zone.id} needs no new key-signing key now`);
    }
    const { days } = rollover;
    const made: NextMade = {
      phase: 'made',
      days,
      stepAt: now,
      old: next.old.name,
      next: nextKeyName(dnssec, now),
      kmsArn: next.old.kmsArn.replace(/[^/]*$/, kmsKey.id),
    };
    return { zone, after: { ...dnssec, signing: { ...signing, rollover: made } }, reliesOn: parents.reliesOn };
  },
});

/** A rollover begins: the embedded key service has a new key for the zone, of the kind that it has. */
export const makeNextKeySigningKey = withKms(judged, createKmsKey, (view, { kmsKey }, { zoneId, after }, given) => {
  const rollover = after?.signing?.rollover;
  const old = after?.keySigningKeys.find(({ name }) => rollover?.phase === 'made' && name === rollover.old);
  const like = old && embeddedKey(view, old.kmsArn);
  if (like === undefined) return undefined;
  return {
    ...kmsKey,
    region: like.region,
    spec: like.spec,
    description: `Made by Waypost for hosted zone ${zoneId}`,
    policy: zoneSigningPolicy(given.settings.accountId, zoneId),
    bypassPolicyCheck: true,
    tags: [madeForZone(zoneId)],
  };
});

/** Tells keys that Waypost has made, and may have deleted, from those of people. */
export function madeForZone(zoneId: string): Tag {
  return { key: 'waypost:hosted-zone', value: zoneId };
}
