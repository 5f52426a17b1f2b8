import { mergeAhead, turnsFrom, TURNS_AHEAD, unsignedTurns, type SetAhead } from '../../dnssec/ahead.ts';
import { DELETE_CDNSKEY, DELETE_CDS } from '../../dnssec/keys.ts';
import { DNSKEY_TTL_SECONDS, publishedKeys } from '../../dnssec/zone-keys.ts';
import type { SignedAhead, SigningKey, ZoneSigning } from '../../dnssec/zone-signing.ts';
import type { HostedZone } from '../tables.ts';
import { dnskeyOfKsk, dnskeyOfZsk, dsOf } from './key-records.ts';
import { activeKeys, announcedKeys, type KeySigningKey, type Signing, type ZoneDnssec } from './zone-dnssec.ts';

/**
 * What key-signing keys have to sign before a zone can be as it is to be. Core never signs: a room that has a key service is told this,
 * and what it brings back comes with the command, which sees for itself that it fits.
 */
export interface SigningNeeds {
  readonly zoneId: string;
  readonly zoneName: string;
  readonly signers: readonly KeySigningKey[];
  readonly sets: readonly NeededSet[];
}

export interface NeededSet extends SetAhead {
  /** Turns that have no signatures yet; seconds since the epoch. */
  readonly turns: readonly number[];
}

/** With a key that cannot sign, so many turns are signed by the others alone: no more than must be. */
const TURNS_WITHOUT = 1;

/**
 * Undefined when nothing is needed: the zone does not serve signatures, or its records are the same as before and this is not the time
 * to renew their signatures, or nobody can sign.
 */
export function signingNeeds(
  zone: HostedZone,
  after: ZoneDnssec,
  held: ZoneSigning | undefined,
  now: number,
  renews: boolean,
): SigningNeeds | undefined {
  const signers = activeKeys(after).filter(({ status }) => status === 'ACTIVE');
  const differ = recordsDiffer(setsAhead(after), held?.signedAhead ?? []);
  if (signers.length === 0 || !(renews || differ)) return undefined;
  const turns = turnsOf(zone, now);
  const tags = signers.map(({ keyTag }) => keyTag);
  const withoutSome = signers.length < activeKeys(after).length;
  const sets = setsAhead(after).map((set) => ({
    ...set,
    turns: neededTurns(set, turns, tags, held?.signedAhead ?? [], withoutSome),
  }));
  // When records were only taken away, there is nothing to sign, but something else to serve.
  return differ || sets.some((set) => set.turns.length > 0)
    ? { zoneId: zone.id, zoneName: zone.name, signers, sets }
    : undefined;
}

function recordsDiffer(sets: readonly SetAhead[], held: readonly SetAhead[]): boolean {
  const texts = [sets, held].map((each) => each.map(({ type, values }) => [type, ...values].join('\n')).join('\n\n'));
  return texts[0] !== texts[1];
}

function neededTurns(
  set: SetAhead,
  turns: readonly number[],
  tags: readonly number[],
  held: readonly SignedAhead[],
  withoutSome: boolean,
): readonly number[] {
  if (!withoutSome) return unsignedTurns(set, turns, tags, held);
  // Signatures of all keys, made while all could sign, are better than any that are made now.
  const any = mergeAhead(set, turns, [], held).periods;
  return turns.slice(0, TURNS_WITHOUT).filter((from) => !any.some((period) => period.from === from));
}

/** RRsets of the apex that key-signing keys sign. */
export function setsAhead(dnssec: ZoneDnssec): readonly SetAhead[] {
  if (dnssec.signing === undefined) return [];
  const values = [...activeKeys(dnssec).map(dnskeyOfKsk), ...publishedKeys(dnssec.signing.keys).map(dnskeyOfZsk)];
  return [{ type: 'DNSKEY', ttlSeconds: DNSKEY_TTL_SECONDS, values }, ...cdsSets(dnssec, dnssec.signing)];
}

/** RFC 7344 §4: what the parent is to have; RFC 8078 §4: that it is to have nothing. */
function cdsSets(dnssec: ZoneDnssec, { cds }: Signing): readonly SetAhead[] {
  if (cds === undefined) return [];
  const keys = announcedKeys(dnssec, cds);
  const sets = [
    { type: 'CDS', values: cds === 'delete' ? [DELETE_CDS] : keys.map(dsOf) },
    { type: 'CDNSKEY', values: cds === 'delete' ? [DELETE_CDNSKEY] : keys.map(dnskeyOfKsk) },
  ];
  return sets.filter(({ values }) => values.length > 0).map((set) => ({ ...set, ttlSeconds: DNSKEY_TTL_SECONDS }));
}

/** Whether signatures are all that was asked for: of these records, for these turns, by these keys. */
export function fulfils(signatures: readonly SignedAhead[], needs: SigningNeeds): boolean {
  const tags = needs.signers.map(({ keyTag }) => keyTag);
  return needs.sets.every((set) => unsignedTurns(set, set.turns, tags, signatures).length === 0);
}

/** What the zone is to be answered with from now on. */
export interface Served {
  readonly signer: SigningKey;
  readonly formerTag?: number;
  /** Left out: as they were. */
  readonly sets?: readonly ServedSet[];
}

export interface ServedSet extends SignedAhead {
  /** All turns that there are to be signatures for; `periods` has the new ones, what is held the others. */
  readonly turns: readonly number[];
}

/** With signatures that fit. Undefined: it does not sign, or everything is as it was. */
export function servedWith(
  zone: HostedZone,
  after: ZoneDnssec,
  needs: SigningNeeds | undefined,
  signatures: readonly SignedAhead[],
  now: number,
): Served | undefined {
  if (after.signing === undefined) return undefined;
  const { signer, former } = after.signing.keys;
  const { tag, algorithm, wrapped } = signer;
  const keys = { signer: { tag, algorithm, wrapped }, ...(former === undefined ? {} : { formerTag: former.tag }) };
  if (needs === undefined) return keys;
  const turns = turnsOf(zone, now);
  const sets = setsAhead(after).map((set) => ({
    ...set,
    turns,
    periods: signatures.find(({ type }) => type === set.type)?.periods ?? [],
  }));
  return { ...keys, sets };
}

export function signingOf({ sets, ...keys }: Served, held: ZoneSigning | undefined): ZoneSigning {
  const before = held?.signedAhead ?? [];
  return {
    ...keys,
    signedAhead: sets?.map(({ turns, periods, ...set }) => mergeAhead(set, turns, periods, before)) ?? before,
  };
}

/** Answers are others from now on. Signatures for later turns alone make no difference yet. */
export function answersDiffer(before: ZoneSigning | undefined, after: Served | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return (
    before.signer.wrapped !== after.signer.wrapped ||
    (after.sets !== undefined && recordsDiffer(after.sets, before.signedAhead))
  );
}

export function turnsOf(zone: HostedZone, now: number): number[] {
  return turnsFrom(now / 1000, textHash(zone.id), TURNS_AHEAD);
}

/** 32 bits that differ from zone to zone (FNV-1a). */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
