/**
 * What those outside who were asked say of a zone's parent. It comes with a command as a fact, as signatures do: core asks nobody.
 * `silent`: none of them could say anything, and why.
 */
export type ParentTold = { readonly answers: readonly ParentAnswer[] } | { readonly silent: string };

export interface ParentAnswer {
  /** Whom it is from, for people. */
  readonly by: string;
  /** DS records that the parent has for the zone, in presentation format. */
  readonly signers: readonly string[];
  /** Of the DS records, as the parent has it where that is known; 0 without any. */
  readonly ttlSeconds: number;
  /** Those that the parent delegates the zone to, as far as a resolver can tell; undefined when it could not. */
  readonly nameServers?: readonly string[];
}
