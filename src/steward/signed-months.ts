import { parseName } from '../core/dns/name.ts';
import { parseRdata } from '../core/dns/rdata-types.ts';
import type { Rrsig } from '../core/dns/rdata/rrsig.ts';
import type { Dnskey } from '../core/dns/rdata/dnskey.ts';
import { TYPE } from '../core/dns/record-type.ts';
import { keyTag } from '../core/dnssec/keys.ts';
import { signedPeriodAt } from '../core/dnssec/periods.ts';
import { octetsToSign, rrsetOfValues } from '../core/dnssec/rrset-signature.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { isSignature } from '../keys/private-key.ts';
import type { StewardWorld } from './steward-world.ts';

/**
 * For tests: months of a signed zone, and at every moment: whatever a resolver may have kept of it validates with whatever else it may have kept
 * (RFC 7583 §3). Signatures are kept for a week at most, DNSKEY sets for an hour, DS sets for a day.
 */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const SIGNED_KEPT = 7 * DAY;
const DNSKEY_KEPT = HOUR;
const DS_KEPT = DAY;
/** How wrong a resolver's clock may be. */
const SKEW_SECONDS = 3600;
/** How long a member answers with what it has compiled. */
const PLAN_KEPT_SECONDS = 12 * 3600;
export const START = Date.UTC(2026, 0, 1);

interface Kept<V> {
  readonly at: number;
  readonly value: V;
}

/** All that resolvers may hold. A thing that was served until now may have been fetched just now. */
export class Caches {
  readonly #signers: Kept<string>[] = [];
  readonly #dnskeys: Kept<{ readonly keys: readonly string[]; readonly signers: readonly number[] }>[] = [];
  readonly #delegations: Kept<readonly number[]>[] = [];
  /** Tags of the keys that the parent's DS set has. */
  delegation: readonly number[] = [];
  dnskeySets = new Set<string>();
  readonly #verified = new Set<string>();

  look(world: StewardWorld, zoneId: string): void {
    const now = world.now();
    const served = world.served(zoneId);
    const set = served?.signedAhead.find(({ type }) => type === 'DNSKEY');
    if (served === undefined || set === undefined) throw new Error('the zone is not signed');
    const period = signedPeriodAt(set, now / 1000);
    const signatures = period?.signatures ?? [];
    for (const signature of signatures) this.#check(signature, set.ttlSeconds, set.values, now / 1000);
    const signers = signatures.map((each) => rrsigOf(each).keyTag);
    const keys = set.values.map((value) => value.split(' ')[3] ?? '');
    const signer = world.dnssec(zoneId).signing?.keys.signer.publicKey ?? '';
    if (keyTag(dnskeyOf(`256 3 13 ${signer}`)) !== served.signer.tag) throw new Error('the signer is another key');
    keep(this.#signers, now, SIGNED_KEPT, signer);
    keep(this.#dnskeys, now, DNSKEY_KEPT, { keys, signers });
    keep(this.#delegations, now, DS_KEPT, this.delegation);
    this.dnskeySets.add(keys.join(' '));
    for (const { value: dnskey } of this.#dnskeys) {
      for (const { value } of this.#signers) {
        if (!dnskey.keys.includes(value)) throw new Error(`${new Date(now).toISOString()}: ${value} is known nowhere`);
      }
      for (const { value: tags } of this.#delegations) {
        if (tags.length > 0 && !tags.some((tag) => dnskey.signers.includes(tag))) {
          throw new Error(`${new Date(now).toISOString()}: no DS of ${tags.join()} leads to ${dnskey.signers.join()}`);
        }
      }
    }
  }

  /** It validates, also by clocks that are wrong, and for as long as it may be kept and a plan serves it. */
  #check(text: string, ttlSeconds: number, values: readonly string[], now: number): void {
    const { signature, ...fields } = rrsigOf(text);
    const until = now + ttlSeconds + PLAN_KEPT_SECONDS + SKEW_SECONDS;
    if (fields.inception > now - SKEW_SECONDS || fields.expiration < until) throw new Error(`${text} at ${now}`);
    if (this.#verified.has(text)) return;
    this.#verified.add(text);
    const rrset = rrsetOfValues(parseName('shop.example.'), TYPE.DNSKEY, ttlSeconds, values);
    const key = values.map(dnskeyOf).find((each) => keyTag(each) === fields.keyTag && each.flags === 257);
    if (key === undefined) throw new Error(`${text} is of a key that is not there`);
    const algorithm = fields.algorithm as SigningAlgorithm;
    if (isSignature(algorithm, key.publicKey, octetsToSign(fields, rrset), signature)) return;
    throw new Error(`${text} is no signature of its key`);
  }
}

function keep<V>(kept: Kept<V>[], now: number, milliseconds: number, value: V): void {
  kept.push({ at: now, value });
  while ((kept[0]?.at ?? now) < now - milliseconds) kept.shift();
}

function dnskeyOf(value: string): Dnskey {
  return parseRdata(TYPE.DNSKEY, value, 'zone-file') as Dnskey;
}

function rrsigOf(text: string): Rrsig {
  return parseRdata(TYPE.RRSIG, text, 'zone-file') as Rrsig;
}

/** Numbers from 0 to 1, the same for the same seed. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Event {
  readonly day: number;
  run(world: StewardWorld, caches: Caches, zoneId: string): Promise<void> | void;
}

export async function months(
  days: number,
  world: StewardWorld,
  events: Event[],
  each?: (world: StewardWorld, caches: Caches, zoneId: string) => Promise<void> | void,
  kmsArn?: string,
) {
  const roll = dice(days);
  const caches = new Caches();
  const zoneId = world.zone('shop.example');
  await world.create(zoneId, 'one', 'ACTIVE', kmsArn);
  await world.enable(zoneId);
  await world.start();
  caches.delegation = [tagOf(world, zoneId, 'one')];
  const left = [...events];
  while (world.now() < START + days * DAY) {
    await each?.(world, caches, zoneId);
    caches.look(world, zoneId);
    while (left[0] !== undefined && world.now() >= START + left[0].day * DAY)
      await left.shift()?.run(world, caches, zoneId);
    caches.look(world, zoneId);
    await world.pass(Math.floor(10_000 + roll() * roll() * 4 * HOUR));
  }
  return { zoneId, caches };
}

export function tagOf(world: StewardWorld, zoneId: string, name: string): number {
  return Number(world.ds(zoneId, name).split(' ')[0]);
}
