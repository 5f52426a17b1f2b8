import type { Transport } from '../query.ts';

/**
 * How much a worker signs. A signature takes 25 to 33 µs of a core, ten times what an answer from a plan does, and every answer of a
 * worker waits for those before it: so signatures are handed out in small portions, a few each millisecond.
 *
 * Two rates, because two things are asked for. Names that exist are finitely many and soon signed; what must not be is that all of them
 * at once (after a start, or when somebody walks through them) keep the others waiting. Names that do not exist, or that a
 * wildcard answers, are without end, and a flood of them wants a signature for each.
 *
 * UDP and streams are counted apart: who is told to come again by TCP has shown that it is there, and finds time for it.
 */
export interface SigningRates {
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

export interface SigningRatesOf {
  /** For whatever is signed. */
  readonly all: SigningRates;
  /** For names that do not exist or that a wildcard answers, which count for both. */
  readonly endless: SigningRates;
}

/** At 30 µs: half a core in portions of 2 ms; of it an eighth of a core, in portions of an eighth of a millisecond. */
const UDP_RATES: SigningRatesOf = {
  all: { perSecond: 16_000, burst: 64 },
  endless: { perSecond: 4000, burst: 4 },
};
/** Clients of streams wait for each other anyway; portions of 8 and 2 ms. */
const STREAM_RATES: SigningRatesOf = {
  all: { perSecond: 16_000, burst: 256 },
  endless: { perSecond: 4000, burst: 64 },
};

/**
 * Looks into the store for whether a name exists that is to be signed, while there is no time for names that do not: at some 3 µs a
 * fortieth of a core. By streams as many as are wanted, since there nothing but an answer helps.
 */
const LOOK_RATES: SigningRates = { perSecond: 8000, burst: 8 };

export class SigningBudget {
  readonly #udp: Purses;
  readonly #streams: Purses;
  readonly #looks: Purse;

  constructor(udp = UDP_RATES, streams = STREAM_RATES, looks = LOOK_RATES) {
    this.#udp = pursesOf(udp);
    this.#streams = pursesOf(streams);
    this.#looks = new Purse(looks);
  }

  /** Whether an answer may be signed now. What it costs is known when it is done, and may leave a debt. */
  allows(transport: Transport, endless: boolean, nowMilliseconds: number): boolean {
    const purses = this.#of(transport);
    return purses.all.has(nowMilliseconds) && (!endless || purses.endless.has(nowMilliseconds));
  }

  spend(transport: Transport, endless: boolean, signatures: number): void {
    const purses = this.#of(transport);
    purses.all.left -= signatures;
    if (endless) purses.endless.left -= signatures;
  }

  /** Whether it may be found out if a name exists, which is then spent. */
  allowsLook(transport: Transport, nowMilliseconds: number): boolean {
    if (transport !== 'udp') return true;
    if (!this.#looks.has(nowMilliseconds)) return false;
    this.#looks.left -= 1;
    return true;
  }

  #of(transport: Transport): Purses {
    return transport === 'udp' ? this.#udp : this.#streams;
  }
}

interface Purses {
  readonly all: Purse;
  readonly endless: Purse;
}

function pursesOf({ all, endless }: SigningRatesOf): Purses {
  return { all: new Purse(all), endless: new Purse(endless) };
}

class Purse {
  left: number;
  readonly #rates: SigningRates;
  #filledAt = 0;

  constructor(rates: SigningRates) {
    this.#rates = rates;
    this.left = rates.burst;
  }

  has(nowMilliseconds: number): boolean {
    const { perSecond, burst } = this.#rates;
    // A clock that was set back fills nothing, and is followed.
    const passed = Math.max(nowMilliseconds - this.#filledAt, 0);
    this.#filledAt = nowMilliseconds;
    this.left = Math.min(this.left + (passed * perSecond) / 1000, burst);
    return this.left >= 1;
  }
}
