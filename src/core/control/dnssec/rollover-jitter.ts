import type { HostedZone } from '../tables.ts';
import { textHash } from './signing-needs.ts';

/** From 0 to 1, other for each zone and each of its keys. */
export function keyJitter(zone: HostedZone, { publicKey }: { readonly publicKey: string }): number {
  return textHash(`${zone.id} ${publicKey}`) / 2 ** 32;
}

/** The same, other for each look at a parent. */
export function lookJitter(zone: HostedZone, now: number): number {
  return textHash(`${zone.id} ${now}`) / 2 ** 32;
}
