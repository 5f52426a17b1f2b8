import {
  atTheParent,
  DOUBT_MILLISECONDS,
  isForgotten,
  KNOWN_MILLISECONDS,
  LATE_MILLISECONDS,
  nextLook,
  OBSTACLE_MILLISECONDS,
  rolloverDue,
  withSeen,
  type KeyRollover,
  type NextMade,
  type OldRetired,
  type NextAnnounced,
  type RolloverPhase,
  type Seen,
} from '../../dnssec/key-rollover.ts';
import { scheduleKmsKeyDeletion } from '../kms/key-states.ts';
import { refuse } from '../operation.ts';
import { tables, type HostedZone } from '../tables.ts';
import { newKeySigningKey, type KmsKey } from './create-key-signing-key.ts';
import type { View } from '../view.ts';
import { dnssecOperation, type ParentCommand } from './dnssec-operation.ts';
import { madeForZone } from './make-next-key.ts';
import { embeddedKey, nextKey, NOBODY_ASKED } from './next-key.ts';
import { otherKeyTroubled } from './other-key-troubled.ts';
import { leadsTo, parentsOf, type Parents } from './parent-delegation.ts';
import { keyJitter, lookJitter } from './rollover-jitter.ts';
import { signingZone } from './signing-zone.ts';
import { withKms } from './with-kms.ts';
import { withKey, type KeySigningKey, type ZoneDnssec } from './zone-dnssec.ts';
import { withTags } from './with-tags.ts';

export interface RollKeySigningKeyCommand extends ParentCommand {
  /** That it is in. */
  readonly phase: RolloverPhase;
  /** What time it is at the earliest; as everywhere milliseconds since the epoch. */
  readonly sure: number;
  /** What the key service says of the key that was made. */
  readonly key?: KmsKey;
  /** Why what is due cannot be done. */
  readonly problem?: string;
}

/** The keys of a zone and how far its rollover is. */
interface Step {
  readonly dnssec: ZoneDnssec;
  /** Undefined: it is over. */
  readonly rollover?: KeyRollover;
}

interface Scene {
  readonly zone: HostedZone;
  readonly dnssec: ZoneDnssec;
  readonly parents: Parents;
  readonly command: RollKeySigningKeyCommand;
  readonly view: View;
  readonly now: number;
}

const judged = dnssecOperation<RollKeySigningKeyCommand, 'KeySigningKeyRolled'>({
  operation: 'RollKeySigningKey',
  kind: 'KeySigningKeyRolled',
  byTime: true,
  judge(view, command, now) {
    const found = signingZone(view, command.hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    const { signing = found.signing } = withTags(view, zone, dnssec, now);
    const { rollover } = signing;
    if (rollover?.phase !== command.phase || rollover.stepAt > now) {
      const message = `The key-signing key of hosted zone ${zone.id} is not due in the phase '${command.phase}'`;
      return refuse('InvalidSigningStatus', message);
    }
    const refusal = otherKeyTroubled(dnssec);
    if (refusal !== undefined) return refusal;
    const parents = parentsOf(view, zone, command.parent);
    const step = stepped(rollover, { view, zone, dnssec, parents, command, now });
    const { rollover: _, ...rest } = signing;
    const [key] = step.dnssec.keySigningKeys;
    const after =
      step.rollover ??
      (key && {
        phase: 'waiting' as const,
        days: rollover.days,
        stepAt: rolloverDue(now, rollover.days, keyJitter(zone, key)),
      });
    return {
      zone,
      after: { ...step.dnssec, signing: { ...rest, ...(after === undefined ? {} : { rollover: after }) } },
      reliesOn: parents.reliesOn,
    };
  },
});

/** The next step of changing over to another key-signing key, or a look at how things are; whatever comes, it has a next time. */
export const rollKeySigningKey = withKms(judged, scheduleKmsKeyDeletion, (view, _, { zoneId, after }) => {
  const gone = view
    .get(tables.dnssec, [zoneId])
    ?.keySigningKeys.find(({ name }) => !after?.keySigningKeys.some((key) => key.name === name));
  const kmsKey = gone && embeddedKey(view, gone.kmsArn);
  const { key, value } = madeForZone(zoneId);
  const ours = kmsKey?.tags.some((tag) => tag.key === key && tag.value === value);
  if (kmsKey === undefined || ours !== true || kmsKey.state === 'PendingDeletion') return undefined;
  return { region: kmsKey.region, keyId: kmsKey.id };
});

function stepped(rollover: KeyRollover, scene: Scene): Step {
  const { dnssec, command, now } = scene;
  const later = (milliseconds: number, why?: string): Step => ({
    dnssec,
    rollover: { ...without(rollover), stepAt: now + milliseconds, ...(why === undefined ? {} : { why }) },
  });
  if (command.problem !== undefined) return later(OBSTACLE_MILLISECONDS, command.problem);
  if (rollover.stepAt > command.sure) return later(DOUBT_MILLISECONDS);
  switch (rollover.phase) {
    case 'waiting': {
      const next = nextKey(scene.view, scene.zone, dnssec, scene.parents);
      if ('next' in next) return published(scene, rollover.days, next.old, next.next);
      return later(OBSTACLE_MILLISECONDS, 'why' in next ? next.why : 'there is no new key for it yet');
    }
    case 'made':
      return madePublished(scene, rollover);
    case 'published':
      return { dnssec, rollover: { phase: 'told', ...atTheParent(rollover, now), stepAt: nextLook(now, now, 0) } };
    case 'told':
      return looked(scene, rollover);
    case 'retired':
      return kept(scene, rollover);
  }
}

function without(rollover: KeyRollover): KeyRollover {
  const { why: _, ...rest } = rollover;
  return rest;
}

/** Two keys sign: the next one did already, or is told to. */
function published({ dnssec, now }: Scene, days: number, old: KeySigningKey, next: KeySigningKey): Step {
  const active = next.status === 'INACTIVE' ? { ...next, status: 'ACTIVE' as const, modifiedAt: now } : next;
  const stepAt = Math.max(now, active.modifiedAt + KNOWN_MILLISECONDS);
  return {
    dnssec: withKey(dnssec, active),
    rollover: { phase: 'published', days, stepAt, old: old.name, next: next.name },
  };
}

function madePublished({ dnssec, command: { key, hostedZoneId }, now }: Scene, made: NextMade): Step {
  const { old, next, kmsArn, days } = made;
  if (key === undefined) {
    const why = `nobody has asked for the key ${kmsArn}`;
    return { dnssec, rollover: { ...made, stepAt: now + OBSTACLE_MILLISECONDS, why } };
  }
  const callerReference = `waypost ${hostedZoneId} ${next}`;
  const added = newKeySigningKey({ name: next, callerReference, kmsArn, status: 'ACTIVE' }, key, now);
  return {
    dnssec: { ...dnssec, keySigningKeys: [...dnssec.keySigningKeys, added] },
    rollover: { phase: 'published', days, old, next, stepAt: now + KNOWN_MILLISECONDS },
  };
}

/** The parent has been told. When nobody can have a DS record of the old key any more, that one is retired. */
function looked(scene: Scene, told: NextAnnounced): Step {
  const { dnssec, command, now } = scene;
  const look = seen(scene, told);
  const after = withSeen(told, look, now);
  const old = dnssec.keySigningKeys.find(({ name }) => name === told.old);
  if (look?.agreed === true && old !== undefined && isForgotten(after, Math.min(now, command.sure))) {
    const { why: _, ...rest } = after;
    const { trouble: __, ...key } = old;
    return {
      dnssec: withKey(dnssec, { ...key, status: 'INACTIVE', modifiedAt: now }),
      rollover: { ...rest, phase: 'retired', since: now, stepAt: nextLook(now, now, 0) },
    };
  }
  return { dnssec, rollover: lookAgain(scene, after, look) };
}

/** The old one is kept for as long as it took to retire it, and signs again if the parent has gone back to it. */
function kept(scene: Scene, retired: OldRetired): Step {
  const { dnssec, command, now } = scene;
  const look = seen(scene, retired);
  const after = withSeen(retired, look, now);
  const old = dnssec.keySigningKeys.find(({ name }) => name === retired.old);
  if (look?.wentBack === true && old !== undefined) {
    const { days, ttlSeconds } = after;
    const told = { ...atTheParent({ days, old: retired.old, next: retired.next }, now), ttlSeconds };
    return {
      dnssec: withKey(dnssec, { ...old, status: 'ACTIVE', modifiedAt: now }),
      rollover: { phase: 'told', ...told, stepAt: nextLook(now, now, 0) },
    };
  }
  const keptFrom = { ...after, agreedSince: Math.max(after.agreedSince ?? now, retired.since) };
  if (look?.agreed === true && isForgotten(keptFrom, Math.min(now, command.sure))) {
    return { dnssec: { ...dnssec, keySigningKeys: dnssec.keySigningKeys.filter(({ name }) => name !== retired.old) } };
  }
  return { dnssec, rollover: lookAgain(scene, after, look) };
}

interface Look extends Seen {
  readonly wentBack: boolean;
}

/** What the parent has, from all who could tell. */
function seen(
  { dnssec, parents: { says } }: Scene,
  keys: { readonly old: string; readonly next: string },
): Look | undefined {
  const [old, next] = [keys.old, keys.next].map((name) => dnssec.keySigningKeys.find((key) => key.name === name));
  if (says.length === 0 || old === undefined || next === undefined) return undefined;
  const wentBack = says.some(({ signers }) => leadsTo(signers, old));
  return {
    wentBack,
    agreed: !wentBack && says.every(({ signers }) => leadsTo(signers, next)),
    ttlSeconds: Math.max(...says.map(({ ttlSeconds }) => ttlSeconds)),
  };
}

function lookAgain<T extends NextAnnounced | OldRetired>(scene: Scene, state: T, look: Look | undefined): T {
  const { zone, now, parents } = scene;
  const { why: _, ...rest } = state;
  const why = obstacle(state, look, parents, now - state.since >= LATE_MILLISECONDS);
  return {
    ...rest,
    stepAt: nextLook(state.since, now, lookJitter(zone, now)),
    ...(why === undefined ? {} : { why }),
  } as T;
}

/** Why the parent is waited for, once it takes longer than parents do. */
function obstacle(
  { old, next }: NextAnnounced | OldRetired,
  look: Look | undefined,
  { silent }: Parents,
  late: boolean,
): string | undefined {
  if (look === undefined && silent === undefined) return NOBODY_ASKED;
  if (!late || look?.agreed === true) return undefined;
  if (look === undefined) return `what the parent says could not be found out (${silent})`;
  return look.wentBack ? `the parent still has a DS record of ${old}` : `the parent has no DS record of ${next}`;
}
