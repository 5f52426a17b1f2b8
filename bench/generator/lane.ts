import koffi from 'koffi';
import { MSG_DONTWAIT, recvmmsg, sendmmsg } from '../../src/edge/udp/kernel.ts';
import type { Histogram } from './histogram.ts';
import type { Queries } from './recipe.ts';
import { closeSocket, openConnected, setPointer } from './socket.ts';

/**
 * One connected UDP socket with a bounded number of queries under way, written and read in batches (recvmmsg, sendmmsg; the layout is
 * that of src/edge/udp/batch.ts). A query's id is its slot and the slot's generation: a late answer is not taken for the next one's.
 */
const HEADER = 64;
const IOVEC = 16;
/** Twice the largest answer asked for. */
const ANSWER = 2048;
const RECEIVED_MAX = 64;
/** Every so many answers one is read whole. */
const SAMPLE = 32;
const WINDOW_MAX = 256;

export interface LaneOptions {
  readonly port: number;
  /** As `openConnected` has it. */
  readonly from?: readonly number[];
  /** Queries under way, at most. */
  readonly window: number;
  /** Asks on whether it is answered or not, as a flood does. */
  readonly heedless?: boolean;
}

export interface Tally {
  sent: number;
  answered: number;
  wrong: number;
  lost: number;
}

export class Lane {
  readonly fd: number;
  readonly #queries: Queries;
  #tally: Tally;
  #latency: Histogram;
  readonly #window: number;
  readonly #heedless: boolean;
  /** Whose turn is next in a heedless lane. */
  #turn = 0;
  readonly #free: Int32Array;
  #freeCount: number;
  readonly #ids: Int32Array;
  readonly #indexes: Int32Array;
  readonly #sentAt: Float64Array;
  readonly #sendBytes: Uint8Array;
  readonly #sendWords: Uint32Array;
  readonly #sendBase: number;
  readonly #queriesAt: number;
  readonly #stride: number;
  readonly #receiveBytes = new Uint8Array(RECEIVED_MAX * (HEADER + IOVEC + ANSWER));
  readonly #receiveWords = new Uint32Array(this.#receiveBytes.buffer);
  readonly #receiveBase = Number(koffi.address(this.#receiveBytes));
  #sample = 0;

  constructor(
    { port, from, window, heedless = false }: LaneOptions,
    queries: Queries,
    tally: Tally,
    latency: Histogram,
  ) {
    if (window > WINDOW_MAX) throw new Error(`a lane has at most ${WINDOW_MAX} queries under way`);
    this.#queries = queries;
    this.#tally = tally;
    this.#latency = latency;
    this.#window = window;
    this.#heedless = heedless;
    this.#free = Int32Array.from({ length: window }, (_, slot) => slot);
    this.#freeCount = window;
    this.#ids = Int32Array.from({ length: window }, (_, slot) => slot);
    this.#indexes = new Int32Array(window);
    this.#sentAt = new Float64Array(window);
    this.#stride = (queries.octets + 7) & ~7;
    this.#queriesAt = window * (HEADER + IOVEC);
    this.#sendBytes = new Uint8Array(this.#queriesAt + window * this.#stride);
    this.#sendWords = new Uint32Array(this.#sendBytes.buffer, 0, this.#queriesAt / 4);
    this.#sendBase = Number(koffi.address(this.#sendBytes));
    for (let at = 0; at < window; at += 1) {
      queries.prepare(this.#sendBytes, this.#queriesAt + at * this.#stride);
      const iovec = window * HEADER + at * IOVEC;
      setPointer(this.#sendWords, at * HEADER + 16, this.#sendBase + iovec);
      this.#sendWords[(at * HEADER + 24) / 4] = 1;
      this.#sendWords[(iovec + 8) / 4] = queries.octets;
    }
    for (let at = 0; at < RECEIVED_MAX; at += 1) {
      const iovec = RECEIVED_MAX * HEADER + at * IOVEC;
      setPointer(this.#receiveWords, at * HEADER + 16, this.#receiveBase + iovec);
      this.#receiveWords[(at * HEADER + 24) / 4] = 1;
      setPointer(this.#receiveWords, iovec, this.#receiveBase + answerAt(at));
      this.#receiveWords[(iovec + 8) / 4] = ANSWER;
    }
    this.fd = openConnected(port, from === undefined ? {} : { from });
  }

  get underWay(): number {
    return this.#window - this.#freeCount;
  }

  /** What is sent, comes and is given up from now on counts here. */
  countIn(tally: Tally, latency: Histogram): void {
    this.#tally = tally;
    this.#latency = latency;
  }

  /** Sends up to `countMax` queries, as far as the window allows. */
  send(now: number, countMax: number): void {
    const count = Math.min(countMax, this.#heedless ? this.#window : this.#freeCount);
    if (count <= 0) return;
    for (let each = 0; each < count; each += 1) {
      const slot = this.#heedless ? this.#nextTurn() : (this.#free[--this.#freeCount] as number);
      const at = this.#queriesAt + slot * this.#stride;
      this.#indexes[slot] = this.#queries.draw(this.#sendBytes, at, this.#ids[slot] as number);
      this.#sentAt[slot] = now;
      setPointer(this.#sendWords, this.#window * HEADER + each * IOVEC, this.#sendBase + at);
    }
    for (let done = 0; done < count;) {
      const sent = sendmmsg(this.fd, this.#sendBase + done * HEADER, count - done, 0);
      // What the kernel does not take counts as lost, when its time is up.
      if (sent <= 0) break;
      done += sent;
    }
    this.#tally.sent += count;
  }

  /** Takes the answers that wait; gives how many. */
  receive(now: number): number {
    const received = recvmmsg(this.fd, this.#receiveBase, RECEIVED_MAX, MSG_DONTWAIT, 0);
    for (let each = 0; each < received; each += 1) {
      const octets = this.#receiveWords[(each * HEADER + 56) / 4] as number;
      this.#take(answerAt(each), octets, now);
    }
    return received;
  }

  #take(at: number, octets: number, now: number): void {
    const bytes = this.#receiveBytes;
    const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    const slot = id & 0xff;
    if (slot >= this.#window) return;
    if (this.#heedless) {
      if (this.#queries.plausible(bytes, at, octets)) this.#tally.answered += 1;
      else this.#tally.wrong += 1;
      return;
    }
    if (this.#ids[slot] !== id) return;
    const queryAt = this.#queriesAt + slot * this.#stride;
    let good = this.#queries.plausible(bytes, at, octets);
    if (good && (this.#sample += 1) % SAMPLE === 0) {
      good = this.#queries.right(bytes, at, octets, this.#sendBytes, queryAt, this.#indexes[slot] as number);
    }
    if (good) this.#tally.answered += 1;
    else this.#tally.wrong += 1;
    this.#latency.add(now - (this.#sentAt[slot] as number));
    this.#release(slot);
  }

  #nextTurn(): number {
    const slot = (this.#turn += 1) % this.#window;
    this.#renew(slot);
    return slot;
  }

  #renew(slot: number): void {
    this.#ids[slot] = ((this.#ids[slot] as number) + 0x100) & 0xffff;
  }

  #release(slot: number): void {
    this.#renew(slot);
    this.#free[this.#freeCount++] = slot;
  }

  /** Gives up on queries sent before `before`. */
  expire(before: number): void {
    if (this.#heedless) return;
    const free = new Set(this.#free.subarray(0, this.#freeCount));
    for (let slot = 0; slot < this.#window; slot += 1) {
      if (free.has(slot) || (this.#sentAt[slot] as number) >= before) continue;
      this.#tally.lost += 1;
      this.#release(slot);
    }
  }

  close(): void {
    closeSocket(this.fd);
  }
}

function answerAt(index: number): number {
  return RECEIVED_MAX * (HEADER + IOVEC) + index * ANSWER;
}
