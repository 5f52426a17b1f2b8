import { networkHash } from './network-hash.ts';

/**
 * Who is left without an answer when more is asked than can be answered.
 *
 * A queue that is full turns away whoever comes next, so a flood takes the answers of everybody, and the latency of a full queue. Here
 * the worker reads more than it answers, which costs a third of an answer, and gives each client network the same share of its
 * answers: max-min fairness, as stochastic fair queueing has it (McKenney 1990), with one queue. Who asks for less than a share is
 * answered, and soon.
 *
 * Nothing is counted until the queue was full and queries were lost. From then on each network may be answered up to a limit, of what it was
 * answered lately, and the limit is moved until the queue is short: down while too much waits, up while little does. That takes less
 * than a tenth of a second. While there is room it does not go down so far that the worker would answer less than a quarter of what it can: a queue gets short
 * by what is refused already, and a worker that was held up for some milliseconds does not hold it against those who ask for little.
 *
 * Not by name or kind of answer (rate-limit.ts), and not by address: those of a flood's own network are its own to choose.
 */
export class FairShare {
  /**
   * What networks were answered lately, in parts of an answer, by a keyed hash without a tag: a count-min sketch of two rows (Cormode and
   * Muthukrishnan 2005), where the lesser number is nearer the truth.
   */
  readonly #answered = new Uint32Array(2 * ROW);
  #seed: number;
  #limit = LIMIT_MAX;
  /** What was answered since the last look, and the most that was between two looks lately. */
  #admittedNow = 0;
  #most = 0;
  #lostBefore = 0;
  #looks = 0;
  #admissions = 0;
  #refusals = 0;
  #limiting = false;

  /** `seed` is 32 random bits that clients do not know: with them they could choose addresses that spend the share of others. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether `admits` is to be asked of each query. */
  get limiting(): boolean {
    return this.#limiting;
  }

  /** Whether a query of this client is to be answered; counts it if it is. */
  admits(client: Uint8Array): boolean {
    const bits = client.length === 4 ? IPV4_PREFIX_BITS : IPV6_PREFIX_BITS;
    const hash = networkHash(this.#seed, client, bits);
    const [one, other] = [hash & (ROW - 1), ROW + ((hash >>> ROW_BITS) & (ROW - 1))];
    const answered = Math.min(this.#answered[one] as number, this.#answered[other] as number);
    if (answered >= this.#limit) {
      this.#refusals += 1;
      return false;
    }
    if (this.#answered[one] === answered) this.#answered[one] = answered + ANSWER;
    if (this.#answered[other] === answered) this.#answered[other] = answered + ANSWER;
    this.#admittedNow += 1;
    return true;
  }

  /**
   * Takes note of the queue: how much of its room is taken, in octets of any kind that the kernel counts it by, and how many queries
   * were lost for want of room, all told. To be told every `LOOK_MILLISECONDS` while `limiting`, and otherwise every
   * `CALM_LOOK_MILLISECONDS` while there are more queries than one batch takes.
   */
  look(waiting: number, room: number, lost: number): void {
    const loses = lost !== this.#lostBefore;
    this.#lostBefore = lost;
    if (!this.#limiting) {
      if (!loses) return;
      this.#limiting = true;
      this.#limit = LIMIT_MAX;
      this.#begin();
    }
    this.#most = Math.max(this.#admittedNow, this.#most - this.#most / MOST_LOOKS, ENOUGH * 4);
    if (waiting <= Math.min(SHORT_OCTETS, room * SHORT)) this.#limit += (this.#limit >> 4) + GROWTH;
    else if (this.#admittedNow > (waiting < room * FULL ? this.#most / 4 : ENOUGH)) this.#limit -= this.#limit >> 3;
    this.#limit = Math.min(Math.max(this.#limit, LIMIT_MIN), LIMIT_MAX);
    this.#forget();
    this.#admissions += this.#admittedNow;
    this.#admittedNow = 0;
    this.#looks += 1;
    if (this.#looks < LOOKS) return;
    this.#limiting = this.#refusals * CALM > this.#admissions;
    this.#begin();
  }

  /** An eighth of what each was answered, as a bucket leaks that is wider the fuller it is. */
  #forget(): void {
    const answered = this.#answered;
    for (let at = 0; at < answered.length; at += 1) answered[at]! -= (answered[at] as number) >> 3;
  }

  /** Other networks share a hash from now on: nobody is held back for longer because of whom he shares it with. */
  #begin(): void {
    this.#answered.fill(this.#limit - (this.#limit >> 3));
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) | 0;
    this.#looks = 0;
    this.#admissions = 0;
    this.#refusals = 0;
  }
}

/** Time for some hundred and fifty answers: what waits is seen before it is much more or less. */
export const LOOK_MILLISECONDS = 0.5;
/** A look is a system call, and a queue takes longer than that to fill. */
export const CALM_LOOK_MILLISECONDS = 5;
/** As rate-limit.ts has them unless told otherwise: what one attacker has many addresses in. */
const IPV4_PREFIX_BITS = 24;
const IPV6_PREFIX_BITS = 56;
/**
 * Both rows are 16 KiB, which are looked through at every look. When a hundred networks flood, one in four hundred of the others shares
 * a number in both with one of them, for a second.
 */
const ROW_BITS = 11;
const ROW = 2 ** ROW_BITS;
/** Parts. So many are forgotten in 66 looks: then the network may be answered again, however small the shares are. */
const ANSWER = 2 ** 17;
/** For each look, beside a sixteenth: the shares of a flood from everywhere are far below an answer, and must not stay so when it is over. */
const GROWTH = ANSWER / 16;
/** What the forgetting of eighths leaves of an answer at last, and some: nobody is refused for good. */
const LIMIT_MIN = 32;
/** What a network has that is answered five hundred times between two looks, which is more than a worker can: no limit. */
const LIMIT_MAX = 4096 * ANSWER;
/** Of the queue's room. Beyond it time is short, and more is refused. */
const FULL = 3 / 4;
/** Half a millisecond: 170 queries, as the kernel counts them (with 768 octets for a packet's buffers), or a few batches. */
const SHORT_OCTETS = 128 * 1024;
/** Of the queue's room, where that is less. */
const SHORT = 1 / 8;
/**
 * Answers between two looks, a tenth of what can be made: even in a flood of more queries than can be read it is better to answer so many than to refuse
 * everybody and still be too slow.
 */
const ENOUGH = 16;
/** What a worker can answer changes with what is asked; what it could so many looks ago counts for a third. */
const MOST_LOOKS = 64;
/** A second: then it is looked whether shares are still needed. */
const LOOKS = 2000;
/** They are not when fewer than one in so many was refused. */
const CALM = 64;
