import type { LocatedNetworks } from '../geo/located-networks.ts';
import type { ZoneSigning } from '../dnssec/zone-signing.ts';
import type { RecordSet } from './record-set.ts';

/**
 * The data plane's window on stored zones: point lookups, and one search for what is kept. No cursor is needed to answer a
 * query, because empty non-terminals (RFC 8499 §7) are nodes of their own.
 *
 * A `NameKey` is a name's labels in reverse order, lower-case, escaped as Route 53 does (`\052` for `*`), each followed by a dot:
 * `www.example.com.` is `com.example.www.`; the root is the empty string. Sorted byte by byte, these keys are the order in which
 * Route 53 lists names, and a zone's descendants are exactly the keys that its own key is a prefix of.
 */
export type NameKey = string;

export interface ZoneData {
  /** The zones whose apex is this name, oldest first; empty when there is none. */
  zonesAt(apex: NameKey): readonly ZoneEntry[];
  /** Whether a zone's apex is below this name. Not for every query: it is a search, not a lookup. */
  hasZonesBelow(name: NameKey): boolean;
  /** The node at a name of a zone (found by `findZone`), or undefined when the name does not exist there. */
  node(zoneId: string, name: NameKey): NameNode | undefined;
  /** How a zone is signed, by the id that it has in the control plane; undefined when it is not. */
  signing(zoneId: string): ZoneSigning | undefined;
  /** The place of a health check in the status table; undefined when there is no such check. */
  healthCheckIndex(healthCheckId: string): number | undefined;
  /** The number of a host outside that an alias of this type leads to; undefined when none does. `name` is normalised. */
  outsideNumber(name: string, type: string): number | undefined;
  /** The addresses that copies of zones say such a host has; none when they say nothing of it. `name` is normalised. */
  copiedHost(name: string, type: string): readonly string[];
  /** The networks of a CIDR collection; undefined when there is no such collection. */
  networks(collectionId: string): LocatedNetworks | undefined;
}

export interface ZoneEntry {
  readonly zoneId: string;
  /** Key of the zone's name-server set, so that several zones of one name can be told apart. */
  readonly nameServerSet: string;
  readonly private: boolean;
  /** What the nodes are kept under, if that is not the zone's id. */
  readonly dataId?: string;
  /** The zone is ours and must not be answered from: it has not been transferred yet, or it has expired. */
  readonly withheld?: true;
}

export interface NameNode {
  /** Nodes directly below this one. A node without record sets and with children is an empty non-terminal. */
  readonly children: number;
  /** Sorted by type, then by set identifier. */
  readonly recordSets: readonly RecordSet[];
}
