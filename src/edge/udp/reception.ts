import { randomInt } from 'node:crypto';
import { COUNTER } from '../../core/answer/counters.ts';
import { CALM_LOOK_MILLISECONDS, FairShare, LOOK_MILLISECONDS } from '../../core/answer/fair-share.ts';
import { LookAhead } from '../../core/answer/look-ahead.ts';
import type { World } from '../../core/answer/world.ts';
import { BATCH } from './batch.ts';
import { ReceiveQueue } from './kernel.ts';

/**
 * What happens to the queries of a worker's socket between their being received and the first of a batch being answered. Each socket has
 * shares of its own: a flood at one address takes nothing from who asks at another.
 */
export class Reception {
  readonly #counters: Float64Array;
  readonly #ahead: LookAhead;
  readonly #share = new FairShare(randomInt(2 ** 32));
  readonly #queue = new ReceiveQueue();
  readonly #fd: number;
  #lookAt = 0;

  constructor(world: World, fd: number) {
    this.#counters = world.counters;
    this.#ahead = new LookAhead(world, BATCH);
    this.#fd = fd;
  }

  /** Whether networks have shares now, so that `admits` is to be asked. */
  get limiting(): boolean {
    return this.#share.limiting;
  }

  /** Whether a client's query is to be answered. */
  admits(client: Uint8Array): boolean {
    if (this.#share.admits(client)) return true;
    this.#counters[COUNTER.queriesUdp]! += 1;
    this.#counters[COUNTER.dropped]! += 1;
    this.#counters[COUNTER.overShare]! += 1;
    return false;
  }

  /** Takes note of a query that is to be answered. */
  note(slot: Uint8Array, length: number): void {
    this.#ahead.note(slot, length);
  }

  /** All of a batch were noted. */
  complete(): void {
    this.#ahead.look();
  }

  /** A turn begins, at this time since the Unix epoch. */
  begin(nowMilliseconds: number): void {
    this.#ahead.nowSeconds = Math.floor(nowMilliseconds / 1000);
  }

  /** A turn is over, at this time of any clock, in which so many queries were received. */
  end(milliseconds: number, received: number): void {
    // A queue that one turn empties needs no look.
    if (milliseconds < this.#lookAt || (received < BATCH && !this.#share.limiting)) return;
    const queue = this.#queue;
    queue.look(this.#fd);
    this.#share.look(queue.waiting, queue.room, queue.lost);
    this.#lookAt = milliseconds + (this.#share.limiting ? LOOK_MILLISECONDS : CALM_LOOK_MILLISECONDS);
  }
}
