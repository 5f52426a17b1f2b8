import { setImmediate as turn } from 'node:timers/promises';
import type { DnssecOperation, SignedCommand } from '../core/control/dnssec/dnssec-operation.ts';
import { NOTHING_DUE } from '../core/control/dnssec/due.ts';
import { findUnsignedUntil } from '../core/control/dnssec/find-unsigned-until.ts';
import { noteUnsignedExpiry } from '../core/control/dnssec/note-unsigned-expiry.ts';
import { parentDsChanges, seeksUnsignedExpiry } from '../core/control/dnssec/parent-ds.ts';
import { postponeZoneSigningKey } from '../core/control/dnssec/postpone-zone-signing-key.ts';
import { renewDnskeySignatures } from '../core/control/dnssec/renew-dnskey-signatures.ts';
import { reportDnssecKeys } from '../core/control/dnssec/report-dnssec-keys.ts';
import { rollZoneSigningKey } from '../core/control/dnssec/roll-zone-signing-key.ts';
import { troubledKeys, type KeySigningKey, type Signing, type ZoneDnssec } from '../core/control/dnssec/zone-dnssec.ts';
import { withTags } from '../core/control/dnssec/with-tags.ts';
import { isRefusal } from '../core/control/operation.ts';
import { tables, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { stepOf, type ZoneKey } from '../core/dnssec/zone-keys.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import type { KeyService } from '../keys/key-service.ts';
import type { Chore } from './chore.ts';
import type { WatchedClock } from './clock.ts';
import type { DnssecDesk, DnssecDeskPorts, DnssecOutcome } from './dnssec-desk.ts';
import { parentsOfRound, rollKey, type KeyRolloverOptions, type KeyRolloverReport } from './key-rollovers.ts';
import { trySigning, type KeyProblem, type Unsigned } from './sign-ahead.ts';

/**
 * Signatures of signed zones are renewed, their keys are rolled over, and keys that cannot be used are reported. What is
 * due is found by its time, so that the work goes with what is due and not with the zones that there are. Everything is decided again
 * by the command that does it: whoever comes twice, or too late, finds it done.
 */
export interface SignedZonesOptions extends KeyRolloverOptions {
  readonly submit: DnssecDeskPorts['submit'];
  readonly keys: KeyService;
  readonly newZoneKey: (algorithm: SigningAlgorithm) => Promise<ZoneKey>;
  readonly report: DnssecReport;
}

/** What an operator should know. */
export interface DnssecReport extends KeyRolloverReport {
  keyFails(zoneId: string, name: string, message: string): void;
  keyWorks(zoneId: string, name: string): void;
  rolled(zoneId: string, step: string): void;
  parentTold(zoneId: string, parentId: string): void;
  failed(zoneId: string, error: unknown): void;
}

/** Rows looked at together. */
const PAGE = 100;
/** Who does what nobody asked for. */
const PRINCIPAL = 'waypost';
/** What failed for a reason that a key's status does not show is tried again after so long. */
const RETRY_MILLISECONDS = 60_000;
/** A clock that is doubted is looked at again after so long. */
const POSTPONED_MILLISECONDS = 6 * 3_600_000;

export function signedZones(options: SignedZonesOptions): Chore {
  return {
    name: 'signed zones',
    async round(stopping) {
      const { view, clock, report } = options;
      const parentOf = parentsOfRound(options.desk);
      let failed = false;
      for (const zoneId of dueNow(view, clock)) {
        if (stopping()) break;
        try {
          await seekUnsignedExpiry(options, zoneId, stopping);
          // Before, since what is due no longer is not come back to; and after, what has changed by it.
          const taken = await tellParents(options, zoneId);
          await tend(options, parentOf, zoneId);
          if (taken) await tellParents(options, zoneId);
        } catch (error) {
          failed = true;
          report.failed(zoneId, error);
        }
      }
      const next = view().range(tables.dnssecDue, { limit: 1 })[0]?.key[0] as number | undefined;
      return failed ? clock.now() + RETRY_MILLISECONDS : next;
    },
  };
}

/** Each zone once, however soon more is due for it. */
function* dueNow(view: () => View, clock: WatchedClock): Iterable<string> {
  const now = clock.now();
  for (let from: readonly (string | number)[] = [0]; ;) {
    const rows = view().range(tables.dnssecDue, { from, limit: PAGE });
    for (const { key } of rows) {
      const [at, zoneId] = key as readonly [number, string];
      if (at > now) return;
      yield zoneId;
    }
    const [at, zoneId] = (rows.at(-1)?.key ?? []) as readonly (number | string)[];
    if (at === undefined || rows.length < PAGE) return;
    from = [at, `${zoneId}\0`];
  }
}

/** However large the zone is, others have their turn meanwhile. Who stops looks again from the beginning. */
async function seekUnsignedExpiry(
  options: SignedZonesOptions,
  hostedZoneId: string,
  stopping: () => boolean,
): Promise<void> {
  const { view, clock } = options;
  const { zone, dnssec } = tagged(options, hostedZoneId);
  if (zone === undefined || dnssec?.signing === undefined) return;
  if (!seeksUnsignedExpiry(dnssec, dnssec.signing, clock.now())) return;
  const { since } = dnssec.signing;
  const newest: View = {
    get: (table, key) => view().get(table, key),
    range: (table, range) => view().range(table, range),
  };
  const finding = findUnsignedUntil(newest, zone, since);
  for (let found = finding.next(); !stopping(); found = finding.next()) {
    if (found.done !== true) await turn();
    else return void (await perform(options, noteUnsignedExpiry, { hostedZoneId, since, until: found.value }));
  }
}

/** One thing for one zone; what else is due for it comes next. */
async function tend(
  options: SignedZonesOptions,
  parentOf: DnssecDesk['parentOf'],
  hostedZoneId: string,
): Promise<void> {
  const { view, clock } = options;
  const dnssec = view().get(tables.dnssec, [hostedZoneId]);
  if (dnssec?.signing === undefined) return;
  const works = await tryTroubled(options, hostedZoneId, dnssec);
  const renewal = renewDnskeySignatures.plan(view(), { hostedZoneId }, clock.now());
  const renews = isRefusal(renewal) || renewal.needs !== undefined;
  const zone = view().get(tables.hostedZones, [hostedZoneId]);
  const rolls = zone !== undefined && (dnssec.signing.rollover?.stepAt ?? NOTHING_DUE) <= clock.now();
  if (!works || renews) await perform(options, renewDnskeySignatures, { hostedZoneId });
  else if (dnssec.signing.keys.stepAt <= clock.now()) await step(options, hostedZoneId, dnssec.signing);
  // What is refused was due by a tag, or with keys, that are others now: they are looked at again.
  else if (!(rolls && accepted(await rollKey(options, parentOf, zone, dnssec)))) {
    await perform(options, renewDnskeySignatures, { hostedZoneId });
  }
}

/** Into parents of ours, for zones that ask for it. What the parent's rules have against it is told, and tried again with the next turn. Whether they had nothing against it. */
async function tellParents(options: SignedZonesOptions, zoneId: string): Promise<boolean> {
  const { view, clock, submit, report } = options;
  const { zone, dnssec } = tagged(options, zoneId);
  if (zone === undefined || dnssec === undefined) return true;
  let refused = false;
  for (const command of parentDsChanges(view(), zone, dnssec, clock.nowAtLeast())) {
    const outcome = await submit('ChangeResourceRecordSets', command, PRINCIPAL);
    if (isRefusal(outcome)) report.failed(zoneId, new Error(`${outcome.refused}: ${outcome.message}`));
    else report.parentTold(zoneId, command.hostedZoneId);
    refused ||= isRefusal(outcome);
  }
  return !refused;
}

/** A zone with what its tags say now. */
function tagged(
  { view, clock }: SignedZonesOptions,
  zoneId: string,
): { readonly zone?: HostedZone | undefined; readonly dnssec?: ZoneDnssec | undefined } {
  const [zone, dnssec] = [view().get(tables.hostedZones, [zoneId]), view().get(tables.dnssec, [zoneId])];
  return zone === undefined || dnssec === undefined
    ? {}
    : { zone, dnssec: withTags(view(), zone, dnssec, clock.now()) };
}

/** Tries keys that could not be used, says of each how it is, and whether all can be used. */
async function tryTroubled(options: SignedZonesOptions, zoneId: string, dnssec: ZoneDnssec): Promise<boolean> {
  const troubled = troubledKeys(dnssec);
  if (troubled.length === 0) return true;
  const problems: KeyProblem[] = [];
  for (const key of troubled) {
    const failure = await trySigning(key, zoneId, options.keys);
    if (failure === undefined) options.report.keyWorks(zoneId, key.name);
    else problems.push({ key, failure });
  }
  await reportKeys(options, zoneId, troubled, problems);
  return problems.length === 0;
}

async function reportKeys(
  { desk }: SignedZonesOptions,
  hostedZoneId: string,
  tried: readonly KeySigningKey[],
  problems: readonly KeyProblem[],
): Promise<void> {
  const keySigningKeys = tried.map(({ name }) => {
    const problem = problems.find(({ key }) => key.name === name)?.failure.message;
    return { name, ...(problem === undefined ? {} : { problem }) };
  });
  accepted(await desk.perform(reportDnssecKeys, { hostedZoneId, keySigningKeys }, PRINCIPAL));
}

async function step(options: SignedZonesOptions, hostedZoneId: string, { keys }: Signing): Promise<void> {
  const { clock, desk, newZoneKey, report } = options;
  if (keys.stepAt > clock.nowAtLeast()) {
    const until = clock.now() + POSTPONED_MILLISECONDS;
    accepted(await desk.perform(postponeZoneSigningKey, { hostedZoneId, until }, PRINCIPAL));
    return;
  }
  const next = stepOf(keys);
  const zoneKey = next === 'publish' ? { zoneKey: await newZoneKey(keys.signer.algorithm) } : {};
  const done = await perform(options, rollZoneSigningKey, { hostedZoneId, step: next, ...zoneKey });
  if (done) report.rolled(hostedZoneId, next);
}

/** Whether it was done; keys that did not sign are reported. */
async function perform<C extends SignedCommand, K extends string>(
  options: SignedZonesOptions,
  operation: DnssecOperation<C, K>,
  command: C,
): Promise<boolean> {
  const outcome = await options.desk.perform(operation, command, PRINCIPAL);
  if (!('unsigned' in outcome)) return accepted(outcome);
  const { unsigned } = outcome;
  for (const { key, failure } of unsigned) options.report.keyFails(command.hostedZoneId, key.name, failure.message);
  const tried = unsigned.map(({ key }) => key);
  await reportKeys(options, command.hostedZoneId, tried, unsigned);
  return false;
}

/** Somebody else was faster, or the zone is gone: both are as well. Throws when the log could not do it. */
function accepted(outcome: DnssecOutcome | Unsigned): boolean {
  if (!isRefusal(outcome)) return true;
  if (LATER.has(outcome.refused)) throw new Error(`${outcome.refused}: ${outcome.message}`);
  return false;
}

const LATER: ReadonlySet<string> = new Set([
  'ServiceUnavailable',
  'Throttling',
  'InternalFailure',
  'PriorRequestNotComplete',
  'ConcurrentModification',
]);
