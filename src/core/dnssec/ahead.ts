import type { SignedAhead, SignedPeriod } from './zone-signing.ts';

/**
 * What key-signing keys sign is signed ahead, so that the zone outlives a key service that is away for a month. Each zone has turns of
 * its own, two days long, and signatures for the one that is now and those that follow; with each turn one is added at the end. That
 * is also how soon it shows that a key cannot be used any more.
 */
export const TURN_SECONDS = 2 * 86_400;
/** As Route 53 does it. */
export const TURNS_AHEAD = 15;
/** Validators' clocks may be an hour slow, and ours an hour fast. */
const BACKDATED_SECONDS = 3 * 3600;
/** What a signature counts beyond its turn: plans and resolvers keep it for a day, and a server may be late. */
const LEFT_SECONDS = 3 * 86_400;

/** When turns begin, in seconds since the epoch: the one that it is now first. `seed` is of the zone, 32 bits. */
export function turnsFrom(nowSeconds: number, seed: number, count: number): number[] {
  const offset = (seed >>> 0) % TURN_SECONDS;
  const first = Math.floor((nowSeconds - offset) / TURN_SECONDS) * TURN_SECONDS + offset;
  return Array.from({ length: count }, (_, turn) => first + turn * TURN_SECONDS);
}

/** For all signatures of the turn that begins then; seconds since the epoch. */
export function validityOfTurn(from: number): { readonly inception: number; readonly expiration: number } {
  return { inception: from - BACKDATED_SECONDS, expiration: from + TURN_SECONDS + LEFT_SECONDS };
}

/** An RRset of the apex as it is to be published. */
export type SetAhead = Omit<SignedAhead, 'periods'>;

/** Turns of a set that have no signatures of all these keys yet. */
export function unsignedTurns(
  set: SetAhead,
  turns: readonly number[],
  tags: readonly number[],
  held: readonly SignedAhead[],
): number[] {
  const periods = heldPeriods(set, held);
  return turns.filter((from) => !periods.some((period) => period.from === from && isSignedBy(period, tags)));
}

/** What was held and is still the same, with what is new: the turns asked for, earliest first. */
export function mergeAhead(
  set: SetAhead,
  turns: readonly number[],
  fresh: readonly SignedPeriod[],
  held: readonly SignedAhead[],
): SignedAhead {
  const before = heldPeriods(set, held);
  const periods = turns.map(
    (from) => fresh.find((each) => each.from === from) ?? before.find((each) => each.from === from),
  );
  return { ...set, periods: periods.filter((each) => each !== undefined) };
}

/** Signatures of other records than these are of no use to them. */
function heldPeriods(set: SetAhead, held: readonly SignedAhead[]): readonly SignedPeriod[] {
  const same = held.find(({ type, ttlSeconds }) => type === set.type && ttlSeconds === set.ttlSeconds);
  const values = same?.values ?? [];
  return values.length === set.values.length && set.values.every((value) => values.includes(value))
    ? (same?.periods ?? [])
    : [];
}

function isSignedBy({ signatures }: SignedPeriod, tags: readonly number[]): boolean {
  const signers = signatures.map(signerTag);
  return signers.length === tags.length && tags.every((tag) => signers.includes(tag));
}

/** The key tag of an RRSIG in presentation format. */
export function signerTag(signature: string): number {
  return Number(signature.split(' ', TAG_FIELD + 1)[TAG_FIELD]);
}

/** RFC 4034 §3.2: type, algorithm, labels, TTL, expiration and inception come before it. */
const TAG_FIELD = 6;
