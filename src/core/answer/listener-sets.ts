/**
 * Which name-server set a query was sent to, by the address it came to. Zones of one name belong to sets of their own, so this is what
 * tells them apart; to an address of no set, or of several, the oldest zone answers.
 *
 * Sets are numbered, because plans carry a number: `NO_SET`, then one for each set.
 */
export class ListenerSets {
  readonly #numbers: Uint8Array;
  readonly #keys: (string | undefined)[] = [undefined, undefined];

  /** For each listener its set's key. */
  constructor(sets: readonly (string | undefined)[]) {
    this.#numbers = Uint8Array.from(sets, (key) => {
      if (key === undefined) return NO_SET;
      const known = this.#keys.indexOf(key);
      return known >= 0 ? known : this.#keys.push(key) - 1;
    });
  }

  numberOf(listener: number): number {
    return listener < this.#numbers.length ? (this.#numbers[listener] as number) : NO_SET;
  }

  keyOf(number: number): string | undefined {
    return this.#keys[number];
  }
}

/** Of a plan: it is the same whichever set was asked. */
export const FOR_ALL = 0;
export const NO_SET = 1;
/** What is left of an octet. */
export const LISTENER_SETS_MAX = 254;
