import type { LocatedNetworks } from '../geo/located-networks.ts';
import type { Latencies } from '../geo/latencies.ts';
import type { Place } from '../geo/place.ts';
import type { Trace } from './trace.ts';

/** Who asks, when and with what luck: all that a choice depends on besides the program. One object is filled again for each query. */
export interface Asker {
  /** The client's network: from EDNS client subnet, else the resolver's own address (RFC 7871 §7.1.2). */
  readonly client: Uint8Array;
  /** Bits of it that are known; the others are zero. */
  readonly clientBits: number;
  /** Where that network is. Asked for only by policies that need it. */
  place(): Place;
  /** Bits of the address that `place` was told by. */
  placeBits(): number;
  /** Measured round trips; undefined where there are none. */
  readonly latencies: Latencies | undefined;
  /** The networks that a program knows by this number; undefined for none. */
  collection(number: number): LocatedNetworks | undefined;
  /** The next random number, from 0 up to but not including 1. */
  dice(): number;
  /** Another whole number for every query: what was worked out in one is not taken for another's. */
  readonly walk: number;
  /** What was worked out, by the groups' numbers; see program.ts. As many as the program has groups, at least. */
  readonly seenHealthy: Float64Array;
  /** One octet per health check. */
  readonly statuses: Uint8Array;
  /** Bits of the client's address that the choice has depended on so far: the scope of RFC 7871 §7.2.1. */
  scopeBits: number;
  /** For `explain`: what each policy saw and did. */
  readonly trace: Trace | undefined;
}

export function dependsOn(asker: Asker, bits: number): void {
  if (bits > asker.scopeBits) asker.scopeBits = bits;
}
