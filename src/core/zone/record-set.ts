import type { Routing } from './routing.ts';

/**
 * What is stored and chosen: a record set in Route 53's sense. (An *RRset*, in RFC 9499's sense, is what is answered.)
 *
 * Values are kept verbatim, as the caller wrote them: what was written is what is listed. They were validated when they were
 * accepted, so the data plane may parse them without expecting an error.
 */
export interface RecordSet {
  /** A Route 53 record type: `A`, `AAAA`, `CNAME` … */
  readonly type: string;
  readonly setIdentifier?: string;
  /** Present exactly when `values` is. */
  readonly ttlSeconds?: number;
  readonly values?: readonly string[];
  readonly alias?: AliasTarget;
  /** Absent for simple routing; with it, `setIdentifier` is there. */
  readonly routing?: Routing;
  readonly healthCheckId?: string;
}

export interface AliasTarget {
  readonly hostedZoneId: string;
  /** Normalised: lower-case, octal escapes, trailing dot. */
  readonly name: string;
  readonly evaluateTargetHealth: boolean;
  /** A host that is not in the alias's own zone: its addresses are resolved. Absent for a target in the zone. */
  readonly outside?: true;
}

/** One with values that everybody gets: what a zone file can say. */
export function isSimple(set: RecordSet): boolean {
  return (
    set.values !== undefined &&
    set.setIdentifier === undefined &&
    set.routing === undefined &&
    set.healthCheckId === undefined
  );
}

/** A set is unique within a name by type and set identifier. */
export function sameKey(a: RecordSet, b: RecordSet): boolean {
  return a.type === b.type && a.setIdentifier === b.setIdentifier;
}
