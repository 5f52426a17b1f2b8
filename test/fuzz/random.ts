/**
 * Numbers that follow from a seed (xorshift32), the same everywhere: a seed is all that repeats a run. Not for secrets.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not begin alike; zero would stay zero.
    this.#state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
  }

  /** From 0 to `count` - 1. */
  below(count: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % count;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  octets(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
