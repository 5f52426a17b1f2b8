import { makeNextKeySigningKey } from '../core/control/dnssec/make-next-key.ts';
import { nextKey } from '../core/control/dnssec/next-key.ts';
import { parentsOf } from '../core/control/dnssec/parent-delegation.ts';
import { rollKeySigningKey, type RollKeySigningKeyCommand } from '../core/control/dnssec/roll-key-signing-key.ts';
import type { ZoneDnssec } from '../core/control/dnssec/zone-dnssec.ts';
import { isRefusal } from '../core/control/operation.ts';
import type { HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { KeyRollover } from '../core/dnssec/key-rollover.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import type { WatchedClock } from './clock.ts';
import type { DnssecDesk, DnssecOutcome } from './dnssec-desk.ts';

/** The private key of a new key of the embedded key service, wrapped, and its public key. */
export interface NewKmsKey {
  readonly id: string;
  readonly publicKey: string;
  readonly wrapped: string;
}

export interface KeyRolloverOptions {
  readonly view: () => View;
  readonly desk: DnssecDesk;
  readonly newKmsKey: (algorithm: SigningAlgorithm) => Promise<NewKmsKey>;
  readonly clock: WatchedClock;
  readonly report: KeyRolloverReport;
}

/** What an operator should know. */
export interface KeyRolloverReport {
  keyRolled(zoneId: string, phase: string, keys: { readonly old?: string; readonly next?: string }): void;
  keyHeldUp(zoneId: string, why: string): void;
}

/** Who does what nobody asked for. */
const PRINCIPAL = 'waypost';
/** So many in a row are enough to know that nobody answers now: each may take five seconds, in which nothing else is done. */
const SILENCES_MAX = 5;

type ParentOf = DnssecDesk['parentOf'];

/** Asks what parents say, for one round of the steward: when several were asked in vain, the others have to wait for their next look. */
export function parentsOfRound(desk: DnssecDesk): ParentOf {
  let silences = 0;
  return async (zoneId) => {
    if (silences >= SILENCES_MAX) return { parent: { silent: 'resolvers did not answer for other zones' } };
    const told = await desk.parentOf(zoneId);
    silences = told.parent !== undefined && 'silent' in told.parent ? silences + 1 : 0;
    return told;
  };
}

/**
 * The next step of the rollover of a zone's key-signing key, which is due: what it needs of the parent and of the key service is found out,
 * and goes with the command, which decides. What cannot be done is said there, too, so that it has another time.
 */
export async function rollKey(
  options: KeyRolloverOptions,
  parentOf: ParentOf,
  zone: HostedZone,
  dnssec: ZoneDnssec,
): Promise<DnssecOutcome> {
  const { desk, clock } = options;
  const rollover = dnssec.signing?.rollover;
  const phase = rollover?.phase ?? 'waiting';
  const command = { hostedZoneId: zone.id, phase, sure: clock.nowAtLeast() };
  const outcome = await prepared(options, parentOf, zone, dnssec, command);
  const done =
    typeof outcome === 'string'
      ? await desk.perform(rollKeySigningKey, { ...command, problem: outcome }, PRINCIPAL)
      : outcome;
  if ('unsigned' in done) throw new Error(done.unsigned[0].failure.message);
  if (!isRefusal(done)) tell(options.report, zone.id, rollover, done.after?.signing?.rollover);
  return done;
}

/** What came of it, or why it cannot be done. */
async function prepared(
  { view, desk, newKmsKey }: KeyRolloverOptions,
  parentOf: ParentOf,
  zone: HostedZone,
  dnssec: ZoneDnssec,
  command: RollKeySigningKeyCommand,
): Promise<DnssecOutcome | string> {
  const rollover = dnssec.signing?.rollover;
  const parent = command.phase === 'published' || command.phase === 'made' ? {} : await parentOf(zone.id);
  let key = {};
  if (rollover?.phase === 'waiting' && rollover.stepAt <= command.sure) {
    const next = nextKey(view(), zone, dnssec, parentsOf(view(), zone, parent.parent));
    if ('like' in next) {
      const { hostedZoneId, sure } = command;
      const kmsKey = await newKmsKey(next.old.algorithm);
      const made = await desk.perform(makeNextKeySigningKey, { hostedZoneId, sure, ...parent, kmsKey }, PRINCIPAL);
      if ('unsigned' in made) return made.unsigned[0].failure.message;
      return isRefusal(made) && made.refused === 'LimitExceededException' ? made.message : made;
    }
  }
  if (rollover?.phase === 'made') {
    const found = await desk.kmsKey(rollover.kmsArn, zone);
    if (isRefusal(found)) return found.message;
    key = { key: found };
  }
  const outcome = await desk.perform(rollKeySigningKey, { ...command, ...parent, ...key }, PRINCIPAL);
  if (!('unsigned' in outcome)) return outcome;
  const [problem] = outcome.unsigned;
  return `the KMS key of key-signing key ${problem.key.name} cannot be used: ${problem.failure.message}`;
}

function tell(
  report: KeyRolloverReport,
  zoneId: string,
  before: KeyRollover | undefined,
  after: KeyRollover | undefined,
): void {
  if (after === undefined) return;
  if (after.phase !== before?.phase) {
    const keys = 'next' in after ? after : before;
    const names = keys !== undefined && 'next' in keys ? { old: keys.old, next: keys.next } : {};
    report.keyRolled(zoneId, after.phase === 'waiting' ? 'finished' : after.phase, names);
  }
  if (after.why !== undefined && after.why !== before?.why) report.keyHeldUp(zoneId, after.why);
}
