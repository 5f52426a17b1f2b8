import { firstRolloverDue, type KeyRollover } from '../../dnssec/key-rollover.ts';
import type { HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { announced, rolloverDays, ZONE_TAGS, type Announced } from './zone-tags.ts';
import { parentsHere } from './parent-delegation.ts';
import { keyJitter } from './rollover-jitter.ts';
import { activeKeys, type Signing, type ZoneDnssec } from './zone-dnssec.ts';

/** What the zone's tags say, as far as its keys are as it is. They are looked at whenever something is done for a zone; one that is written makes that due. */
export function withTags(view: View, zone: HostedZone, dnssec: ZoneDnssec, now: number): ZoneDnssec {
  if (dnssec.signing === undefined) return dnssec;
  const { cds: _, parentDs: __, rollover: held, ...signing } = dnssec.signing;
  const rollover = rolloverSaid(view, zone, dnssec, signing, held, now);
  const parentDs = moving(announced(view, zone.id, ZONE_TAGS.parentDs), rollover);
  const cds =
    moving(announced(view, zone.id, ZONE_TAGS.cds), rollover) ??
    (tells(rollover) && parentsHere(view, zone).length === 0 ? [rollover.next] : undefined);
  const said = {
    ...(cds === undefined ? {} : { cds }),
    ...(parentDs === undefined ? {} : { parentDs }),
    ...(rollover === undefined ? {} : { rollover }),
  };
  return { ...dnssec, signing: { ...signing, ...said } };
}

/** The parent is to have the next key in the old one's place. */
export function tells(rollover: KeyRollover | undefined): rollover is KeyRollover & { phase: 'told' | 'retired' } {
  return rollover?.phase === 'told' || rollover?.phase === 'retired';
}

/** `active` follows the rollover; what names keys, or none, is the owner's. */
function moving(said: Announced | undefined, rollover: KeyRollover | undefined): Announced | undefined {
  return said === 'active' && tells(rollover) ? [rollover.next] : said;
}

/** The rollover that there is, if it fits the keys that there are: whoever changes them by hand has the last word. */
function rolloverSaid(
  view: View,
  zone: HostedZone,
  dnssec: ZoneDnssec,
  { since }: Pick<Signing, 'since'>,
  held: KeyRollover | undefined,
  now: number,
): KeyRollover | undefined {
  const days = rolloverDays(view, zone.id);
  const [oldest] = activeKeys(dnssec);
  if (days === undefined || oldest === undefined) return undefined;
  const fitting = held && stillFits(dnssec, held);
  if (fitting !== undefined && (fitting.days === days || fitting.phase !== 'waiting')) return { ...fitting, days };
  const stepAt = firstRolloverDue(Math.max(oldest.createdAt, since), days, now, keyJitter(zone, oldest));
  return { phase: 'waiting', days, stepAt };
}

function stillFits(dnssec: ZoneDnssec, held: KeyRollover): KeyRollover | undefined {
  if (held.phase === 'waiting') return held;
  const active = (name: string): boolean => activeKeys(dnssec).some((key) => key.name === name);
  const known = (name: string): boolean => dnssec.keySigningKeys.some((key) => key.name === name);
  if (held.phase === 'made') return active(held.old) && !known(held.next) ? held : undefined;
  if (!active(held.next) || !known(held.old)) return undefined;
  if (active(held.old)) return held.phase === 'retired' ? { ...held, phase: 'told' } : held;
  return held.phase === 'told' ? { ...held, phase: 'retired' } : held.phase === 'retired' ? held : undefined;
}
