import type { LocatedNetworks } from '../../geo/located-networks.ts';

/**
 * The collections of networks that routed plans look clients up in. They are too large to be copied into each plan, which has a
 * number instead; a number is never given again. So a collection that has changed is another one, and a plan whose number is no longer known
 * is compiled anew.
 */
export class Collections {
  readonly #kept: (LocatedNetworks | undefined)[] = [];
  #next = 0;

  numberOf(networks: LocatedNetworks): number {
    const slot = this.#kept.indexOf(networks);
    if (slot >= 0) return this.#next - 1 - ((this.#next - 1 - slot) % COLLECTIONS_MAX);
    this.#kept[this.#next % COLLECTIONS_MAX] = networks;
    this.#next += 1;
    return this.#next - 1;
  }

  get(number: number): LocatedNetworks | undefined {
    return number >= 0 && number >= this.#next - COLLECTIONS_MAX && number < this.#next
      ? this.#kept[number % COLLECTIONS_MAX]
      : undefined;
  }
}

/** Route 53 lets an account have five. */
export const COLLECTIONS_MAX = 1000;
