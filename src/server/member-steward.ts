import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { signedZoneCounts, type SignedZoneCounts } from '../core/control/dnssec/due.ts';
import type { Log } from '../log/log.ts';
import { askParent } from '../resolve/parent-asker.ts';
import { WatchedClock } from '../steward/clock.ts';
import { DnssecDesk, type DnssecDeskPorts } from '../steward/dnssec-desk.ts';
import { kmsDeletions } from '../steward/kms-deletions.ts';
import { signedZones } from '../steward/signed-zones.ts';
import { startSteward } from '../steward/steward.ts';
import type { MemberKeys } from './member-keys.ts';
import { readCounter, readGauge } from './read-metrics.ts';
import type { ResolverConfig } from './resolver-config.ts';

/** What time makes due in this member, and what its log and its metrics say of that. */
export interface MemberSteward {
  /** For commands of people on the keys of zones. */
  readonly desk: DnssecDesk;
  counts(): StewardCounts;
  close(): Promise<void>;
}

export interface StewardCounts extends SignedZoneCounts {
  readonly clockJumps: number;
  readonly failures: number;
  /** Steps of rollovers, by their names. */
  readonly steps: ReadonlyMap<string, number>;
  /** Of key-signing keys'. */
  readonly keySteps: ReadonlyMap<string, number>;
}

export interface MemberStewardParts {
  readonly keys: MemberKeys;
  readonly log: Log;
  readonly logger: Logger;
  /** Undefined: parents that are elsewhere are not asked. */
  readonly resolvers: ResolverConfig;
}

export function openMemberSteward({ keys, log, logger, resolvers }: MemberStewardParts): MemberSteward {
  const { custody, service } = keys;
  let clockJumps = 0;
  let failures = 0;
  const steps = new Map<string, number>();
  const keySteps = new Map<string, number>();
  const clock = new WatchedClock({ now: () => Date.now(), elapsed: () => performance.now() }, (milliseconds) => {
    clockJumps += 1;
    const seconds = Math.round(milliseconds / 1000);
    logger.warn({ seconds }, 'the clock was set; if it was ahead, rollovers of keys wait until nobody remembers');
  });
  const view = () => log.view();
  const newZoneKey = custody.newZoneKey.bind(custody);
  const newKmsKey = custody.newKmsKey.bind(custody);
  const submit = log.submit.bind(log);
  const desk = new DnssecDesk({
    view,
    submit,
    now: () => Date.now(),
    keys: service,
    newZoneKey,
    askParent: parentAsker(resolvers, logger),
  });
  const failed = (details: Readonly<Record<string, unknown>>, error: unknown): void => {
    failures += 1;
    logger.error({ ...details, err: error }, 'what time made due failed, and is tried again');
  };
  const report = {
    keyFails: (zone: string, name: string, reason: string) =>
      logger.warn({ zone, name, reason }, 'a key-signing key cannot be used; what is signed ahead is served meanwhile'),
    keyWorks: (zone: string, name: string) => logger.info({ zone, name }, 'a key-signing key can be used again'),
    rolled(zone: string, step: string) {
      steps.set(step, (steps.get(step) ?? 0) + 1);
      logger.info({ zone, step }, 'a zone-signing key is being rolled over');
    },
    keyRolled(zone: string, phase: string, keys: object) {
      keySteps.set(phase, (keySteps.get(phase) ?? 0) + 1);
      logger.info({ zone, phase, ...keys }, 'a key-signing key is being rolled over');
    },
    keyHeldUp: (zone: string, why: string) =>
      logger.warn({ zone, why }, 'the rollover of a key-signing key does not go on; nothing is broken by that'),
    parentTold: (zone: string, parent: string) =>
      logger.info({ zone, parent }, 'DS records of a zone were written into its parent'),
    failed: (zone: string, error: unknown) => failed({ zone }, error),
  };
  const steward = startSteward({
    chores: [
      signedZones({ view, submit, desk, keys: service, newZoneKey, newKmsKey, clock, report }),
      kmsDeletions({ view, submit, clock }),
    ],
    clock,
    timers: {
      after(milliseconds, run) {
        const timer = setTimeout(run, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    failed: (chore, error) => failed({ chore }, error),
  });
  return {
    desk,
    counts: () => ({ ...signedZoneCounts(view()), clockJumps, failures, steps, keySteps }),
    close: () => steward.stop(),
  };
}

function parentAsker(resolvers: ResolverConfig, logger: Logger): DnssecDeskPorts['askParent'] {
  if (resolvers === undefined) return undefined;
  return async (zone) => {
    const told = await askParent(resolvers === 'system' ? [] : resolvers, zone);
    if ('silent' in told)
      logger.warn({ zone, why: told.silent }, 'what the parent of a zone says could not be found out');
    return told;
  };
}

/** What `/metrics` says about it. */
export function addStewardMetrics(registry: Registry, counts: () => StewardCounts): void {
  const gauges: [string, string, () => number][] = [
    ['waypost_dnssec_signed_zones', 'hosted zones that serve signatures', () => counts().signedZones],
    [
      'waypost_dnssec_keys_needing_action',
      'key-signing keys whose KMS key cannot be used',
      () => counts().keysNeedingAction,
    ],
    [
      'waypost_dnssec_rollovers_held_up',
      'hosted zones whose key-signing key does not roll over as it should',
      () => counts().rolloversHeldUp,
    ],
  ];
  for (const [name, help, read] of gauges) readGauge(registry, name, help, read);
  readCounter(registry, 'waypost_clock_jumps_total', 'times that the clock was set', [], (metric) =>
    metric.inc(counts().clockJumps),
  );
  readCounter(registry, 'waypost_steward_failures_total', 'what time made due and failed', [], (metric) =>
    metric.inc(counts().failures),
  );
  readCounter(registry, 'waypost_dnssec_rollover_steps_total', 'steps of zone-signing keys', ['step'], (metric) => {
    for (const [step, count] of counts().steps) metric.inc({ step }, count);
  });
  readCounter(registry, 'waypost_dnssec_ksk_rollover_steps_total', 'steps of key-signing keys', ['step'], (metric) => {
    for (const [step, count] of counts().keySteps) metric.inc({ step }, count);
  });
}
