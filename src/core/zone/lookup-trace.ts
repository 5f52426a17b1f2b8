import type { NameKey } from './zone-data.ts';

/** What `explain` is told while a zone is searched (lookup.ts). The query path has none. */
export type LookupTrace = (step: LookupStep) => void;

export type LookupStep =
  /** The name is there, with record sets of these types; without any it is an empty non-terminal. */
  | { readonly kind: 'name'; readonly name: NameKey; readonly types: readonly string[] }
  /** The name is not there, and a wildcard speaks for it (RFC 4592). */
  | {
      readonly kind: 'wildcard';
      readonly name: NameKey;
      readonly wildcard: NameKey;
      readonly types: readonly string[];
    }
  | { readonly kind: 'missing'; readonly name: NameKey }
  /** The name is there, and has nothing of the type. */
  | { readonly kind: 'nothing'; readonly name: NameKey; readonly type: string }
  | { readonly kind: 'cut'; readonly name: NameKey; readonly cut: NameKey }
  | { readonly kind: 'cname'; readonly name: NameKey; readonly target: NameKey }
  /** An alias that all clients are led along. */
  | { readonly kind: 'alias'; readonly name: NameKey; readonly target: NameKey; readonly type: string }
  /** A chain of CNAMEs is not followed any further. */
  | { readonly kind: 'end'; readonly target: NameKey; readonly why: 'elsewhere' | 'loop' | 'too long' };
