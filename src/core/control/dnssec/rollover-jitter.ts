import type { ZoneKey } from '../../dnssec/zone-keys.ts';
import type { HostedZone } from '../tables.ts';
import { textHash } from './signing-needs.ts';

/** From 0 to 1, other for each zone and each of its keys. */
export function rolloverJitter(zone: HostedZone, { publicKey }: ZoneKey): number {
  return textHash(`${zone.id} ${publicKey}`) / 2 ** 32;
}
