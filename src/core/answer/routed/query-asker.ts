import type { Latencies } from '../../geo/latencies.ts';
import { NOWHERE, type Place } from '../../geo/place.ts';
import type { LocatedNetworks } from '../../geo/located-networks.ts';
import type { Asker } from '../../routing/asker.ts';
import { nothingSeen } from '../../routing/program.ts';
import type { Trace } from '../../routing/trace.ts';
import { ASKED } from '../edns/read-options.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { Collections } from './collections.ts';

/** Where addresses are: a location database. */
export interface Places {
  /** Of four or sixteen octets. */
  place(address: Uint8Array): Place;
  /** Bits of the address that the last answer depended on. */
  readonly bitsUsed: number;
}

/** Who asks, made of a query: one object for each thread, filled again for each routed answer. */
export class QueryAsker implements Asker {
  client = new Uint8Array(0);
  clientBits = 0;
  scopeBits = 0;
  walk = 0;
  /** The client was told by EDNS client subnet, so the answer's scope is told back. */
  bySubnet = false;
  statuses: Uint8Array;
  latencies: Latencies | undefined;
  readonly trace: Trace | undefined;
  readonly collections = new Collections();
  seenHealthy = nothingSeen(GROUPS_FEW);
  readonly #places: () => Places | undefined;
  readonly #ipv4 = new Uint8Array(4);
  readonly #ipv6 = new Uint8Array(16);
  #draws = 0;
  #state = 0;
  #draw = 0;
  #place: Place | undefined;
  #placeBits = 0;

  constructor(statuses: Uint8Array, places: () => Places | undefined, trace?: Trace) {
    this.statuses = statuses;
    this.#places = places;
    this.trace = trace;
  }

  fill(query: Query, read: ReadQuery): void {
    this.walk += 1;
    this.scopeBits = 0;
    this.#draws = 0;
    this.#draw = query.draw;
    this.#state = (query.draw * 2 ** 32) | 1;
    this.#place = undefined;
    const { subnet, asked } = read.options;
    const sourceBits = asked & ASKED.SUBNET ? (subnet[SOURCE_AT] as number) : 0;
    this.bySubnet = sourceBits > 0;
    if (!this.bySubnet) {
      // RFC 7871 §7.1.2: a client that wants not to be told on is answered by its resolver's address.
      this.client = query.client as Uint8Array<ArrayBuffer>;
      this.clientBits = query.client.length * 8;
      return;
    }
    const address = subnet[FAMILY_AT] === FAMILY_IPV4 ? this.#ipv4 : this.#ipv6;
    const octets = (sourceBits + 7) >> 3;
    for (let at = 0; at < address.length; at += 1) address[at] = at < octets ? (subnet[ADDRESS_AT + at] as number) : 0;
    this.client = address;
    this.clientBits = sourceBits;
  }

  /** Makes room for a program of so many groups; between queries. */
  expect(groups: number): void {
    if (groups > this.seenHealthy.length) this.seenHealthy = nothingSeen(groups * 2);
  }

  collection(number: number): LocatedNetworks | undefined {
    return this.collections.get(number);
  }

  /**
   * From the second on, draws are one of few sequences. Sets that answer together are signed as one RRset, and each selection of
   * them takes a signature: of a hundred there are more than anybody can sign.
   */
  drawFromFew(): void {
    this.#state = (Math.floor(this.#draw * SEQUENCES) * (2 ** 32 / SEQUENCES)) | 1;
  }

  place(): Place {
    if (this.#place !== undefined) return this.#place;
    const places = this.#places();
    this.#place = places === undefined ? NOWHERE : places.place(this.client);
    this.#placeBits = places === undefined ? 0 : places.bitsUsed;
    return this.#place;
  }

  placeBits(): number {
    return this.#placeBits;
  }

  /** The query's own number first; further ones by xorshift32 from it, which are as good as independent. */
  dice(): number {
    this.#draws += 1;
    if (this.#draws === 1) return this.#draw;
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }
}

/** A thousand signatures take 30 ms, and half a MiB; weights below weights are kept to a tenth of a per cent. */
const SEQUENCES = 1024;

/** RFC 7871 §6: FAMILY, SOURCE PREFIX-LENGTH, SCOPE PREFIX-LENGTH, ADDRESS. */
const FAMILY_AT = 1;
const SOURCE_AT = 2;
const ADDRESS_AT = 4;
const FAMILY_IPV4 = 1;

/** As many as most programs have. */
const GROUPS_FEW = 64;
