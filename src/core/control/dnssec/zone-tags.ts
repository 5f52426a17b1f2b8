import { ROLLOVER_DAYS_MAX, ROLLOVER_DAYS_MIN } from '../../dnssec/key-rollover.ts';
import { EXTENSION_PREFIX } from '../../health/extensions.ts';
import { tables, type Tag } from '../tables.ts';
import type { View } from '../view.ts';

/**
 * What a signed zone can do beyond Route 53, said in tags of the hosted zone, because every AWS client can write and read them and none is
 * disturbed by them: `waypost:cds` = `active`. Without them a zone is signed as Route 53 signs it.
 */
export const ZONE_TAGS = {
  /** Keys that a parent is to have DS records of, told by CDS and CDNSKEY records (RFC 7344). */
  cds: `${EXTENSION_PREFIX}cds`,
  /** The same for a parent that is one of our own zones: there they are written. */
  parentDs: `${EXTENSION_PREFIX}parent-ds`,
} as const;

/** In how many days the zone changes over to another key-signing key by itself. */
export const KSK_ROLLOVER = `${EXTENSION_PREFIX}ksk-rollover`;

/** `off`: a parent that is elsewhere is not asked about the zone. Its owner has looked for himself. */
export const PARENT_CHECK = `${EXTENSION_PREFIX}parent-check`;

/** Names of key-signing keys; all that are active; or that there are to be none. */
export type Announced = readonly string[] | 'active' | 'delete';

const MUST = "'active', 'delete', or names of key-signing keys, separated by spaces";
const NAMES = /^[A-Za-z0-9_]{3,128}( [A-Za-z0-9_]{3,128})?$/;

export function announced(view: View, zoneId: string, tag: string): Announced | undefined {
  const value = zoneTag(view, zoneId, tag);
  if (value === undefined || !NAMES.test(value)) return undefined;
  return value === 'active' || value === 'delete' ? value : value.split(' ');
}

/** Whether a parent of the zone that is elsewhere may be asked about it. */
export function asksParent(view: View, zoneId: string): boolean {
  return zoneTag(view, zoneId, PARENT_CHECK) !== 'off';
}

/** Undefined: its owner does it. */
export function rolloverDays(view: View, zoneId: string): number | undefined {
  const value = zoneTag(view, zoneId, KSK_ROLLOVER);
  return value === undefined || !isRolloverPeriod(value) ? undefined : Number(value);
}

function isRolloverPeriod(value: string): boolean {
  return /^[0-9]{1,4}$/.test(value) && Number(value) >= ROLLOVER_DAYS_MIN && Number(value) <= ROLLOVER_DAYS_MAX;
}

function zoneTag(view: View, zoneId: string, tag: string): string | undefined {
  return view.get(tables.tags, ['hostedzone', zoneId])?.find(({ key }) => key === tag)?.value;
}

/** What is wrong with a tag of a hosted zone that is meant for us. */
export function zoneTagProblem({ key, value }: Tag): string | undefined {
  if (key === KSK_ROLLOVER) {
    const must = `${key} must be a number of days from ${ROLLOVER_DAYS_MIN} to ${ROLLOVER_DAYS_MAX}`;
    return isRolloverPeriod(value) ? undefined : must;
  }
  if (key === PARENT_CHECK) return value === 'off' ? undefined : `${key} must be 'off', or not be there`;
  if (!Object.values<string>(ZONE_TAGS).includes(key)) return `there is no extension ${key} of hosted zones`;
  return NAMES.test(value) ? undefined : `${key} must be ${MUST}`;
}

/** Whether the tag says something that the zone's keys have to be looked at for. */
export function isZoneTag(key: string): boolean {
  return key.startsWith(EXTENSION_PREFIX);
}
