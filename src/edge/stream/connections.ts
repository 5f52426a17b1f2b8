import { STREAM, type StreamShare } from './stream-limits.ts';

/**
 * Who is connected to this worker, in three queues by what is to be expected of them. Each queue is in the order of its members'
 * last progress, so the first of each is the one that is closed next: when its time is over, or when room is needed for another. A
 * client that still sends queries is thus the last to go, and one that opens connections and says nothing cannot keep others out.
 */
export interface Connection {
  readonly client: Uint8Array;
  /** Ends it, whatever it is doing, and has it leave. */
  destroy(): void;
  readonly place: Place;
}

/**
 * What is expected of a connection. `silent`: no whole query yet. `idle`: everything it asked is answered. `holding`: part of a message, or answers that are not
 * taken yet, which takes memory.
 */
export type Standing = 'silent' | 'idle' | 'holding';

/** A connection's place in its queue, and what it holds. */
export class Place {
  connection: Connection | undefined;
  queue: Queue | undefined;
  previous: Place = this;
  next: Place = this;
  sinceMilliseconds = 0;
  heldOctets = 0;
  /** Whether it ever sent a whole query. */
  asked = false;
}

class Queue {
  /** Before the first and behind the last. */
  readonly ends = new Place();
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  get first(): Place | undefined {
    return this.ends.next === this.ends ? undefined : this.ends.next;
  }
}

/** Longer than a lost first packet takes to be sent again, twice (RFC 6298: after 1 and after 2 seconds more). */
const FIRST_QUERY_MILLISECONDS = 5_000;
/** A round trip around the world. Clients send their query with the end of the handshake. */
export const NEWCOMER_MILLISECONDS = 250;

export class Connections {
  readonly #share: StreamShare;
  readonly #queues: Readonly<Record<Standing, Queue>>;
  readonly #allQueues: readonly Queue[];

  constructor(share: StreamShare) {
    const { idleMilliseconds } = share.limits;
    this.#share = share;
    this.#queues = {
      silent: new Queue(Math.min(FIRST_QUERY_MILLISECONDS, idleMilliseconds)),
      idle: new Queue(idleMilliseconds),
      holding: new Queue(idleMilliseconds),
    };
    this.#allQueues = Object.values(this.#queues);
  }

  /** False when there is no room for it; it is then the caller's to close. */
  admit(connection: Connection, nowMilliseconds: number): boolean {
    const share = this.#share;
    const { client } = connection;
    if (share.networkFull(client) || (share.full() && !this.makeRoom(nowMilliseconds))) {
      share.count(STREAM.refused);
      return false;
    }
    share.count(STREAM.accepted);
    share.opened(client);
    connection.place.connection = connection;
    enqueue(connection.place, this.#queues.silent, nowMilliseconds);
    return true;
  }

  /**
   * To be called whenever something happened to it. `octets` is the memory that it holds now, `busy` whether it is being answered
   * elsewhere, `progress` whether it sent a whole query or took all its answers. Closes it when its memory is too much, even after the
   * idlest that hold any were closed.
   */
  settle(connection: Connection, octets: number, busy: boolean, progress: boolean, nowMilliseconds: number): void {
    const { place } = connection;
    if (place.queue === undefined) return;
    if (octets !== place.heldOctets && !this.#holds(place, octets)) return this.#closeForRoom(connection);
    place.asked ||= progress;
    const queue = this.#queues[octets > 0 || busy ? 'holding' : place.asked ? 'idle' : 'silent'];
    if (progress || queue !== place.queue) enqueue(place, queue, nowMilliseconds);
  }

  leave(connection: Connection): void {
    const { place } = connection;
    if (place.connection === undefined) return;
    place.connection = undefined;
    place.queue = undefined;
    unlink(place);
    this.#share.held(-place.heldOctets);
    place.heldOctets = 0;
    this.#share.closed(connection.client);
  }

  /**
   * Closes the idlest connection of this worker; false when it has none. Whoever has only just come is not silent yet: many that ask once and
   * stay would otherwise have newcomers close each other before their queries are read.
   */
  makeRoom(nowMilliseconds: number): boolean {
    const { silent, idle, holding } = this.#queues;
    const newcomer = silent.first;
    const isLate = newcomer !== undefined && nowMilliseconds - newcomer.sinceMilliseconds >= NEWCOMER_MILLISECONDS;
    const idlest = ((isLate ? newcomer : undefined) ?? idle.first ?? holding.first ?? newcomer)?.connection;
    if (idlest === undefined) return false;
    this.#closeForRoom(idlest);
    return true;
  }

  /** Closes those whose time is over. Gives the milliseconds until the next one's is, if there is any. */
  expire(nowMilliseconds: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#allQueues.length; index += 1) {
      const queue = this.#allQueues[index] as Queue;
      for (let first = queue.first; first !== undefined; first = queue.first) {
        const left = first.sinceMilliseconds + queue.milliseconds - nowMilliseconds;
        if (left > 0) {
          next = Math.min(next, left);
          break;
        }
        this.#share.count(STREAM.closedIdle);
        first.connection?.destroy();
      }
    }
    return next;
  }

  /** All of them, the idlest of each kind first. */
  all(): Connection[] {
    const all: Connection[] = [];
    for (const { ends } of this.#allQueues) {
      for (let place = ends.next; place !== ends; place = place.next) if (place.connection) all.push(place.connection);
    }
    return all;
  }

  #holds(place: Place, octets: number): boolean {
    const more = octets - place.heldOctets;
    while (more > 0 && this.#share.holdsTooMuch(more)) {
      const idlest = this.#queues.holding.first;
      if (idlest?.connection === undefined || idlest === place) return false;
      this.#closeForRoom(idlest.connection);
    }
    place.heldOctets = octets;
    this.#share.held(more);
    return true;
  }

  #closeForRoom(connection: Connection): void {
    this.#share.count(STREAM.closedForRoom);
    connection.destroy();
  }
}

function enqueue(place: Place, queue: Queue, nowMilliseconds: number): void {
  unlink(place);
  place.queue = queue;
  place.sinceMilliseconds = nowMilliseconds;
  place.next = queue.ends;
  place.previous = queue.ends.previous;
  place.previous.next = place;
  queue.ends.previous = place;
}

function unlink(place: Place): void {
  place.previous.next = place.next;
  place.next.previous = place.previous;
  place.previous = place.next = place;
}
