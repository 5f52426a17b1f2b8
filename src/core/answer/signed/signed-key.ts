import { HEADER_OCTETS, TYPE_AND_CLASS_OCTETS } from '../../dns/message-layout.ts';
import { periodAt } from '../../dnssec/periods.ts';
import { OWN, SIGNED, type PlanKey } from '../plan-key.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';

/** Reads the key of the plan with signatures for the question itself, signed now or so many periods ago. */
export function readOwnKey(key: PlanKey, query: Query, read: ReadQuery, back = 0): void {
  readSignedKey(key, query, read, HEADER_OCTETS, OWN | read.qtype, back);
}

/** The same for a kind of plan of the name that begins at `from` in the question. */
export function readSignedKey(
  key: PlanKey,
  query: Query,
  read: ReadQuery,
  from: number,
  kindAndType: number,
  back = 0,
): void {
  key.read(query.packet, from, read.questionEnd - TYPE_AND_CLASS_OCTETS, SIGNED | kindAndType);
  key.add(periodAt(secondsOf(query), key.hash) - back);
}

/** Since the Unix epoch. */
export function secondsOf({ nowMilliseconds }: Query): number {
  return Math.floor(nowMilliseconds / 1000);
}
