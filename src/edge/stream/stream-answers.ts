import { answerQuery } from '../../core/answer/answer-query.ts';
import type { Query } from '../../core/answer/query.ts';
import type { World } from '../../core/answer/world.ts';
import { isAnsweredInMany, type StreamOrigin } from './answer-in-many.ts';

/**
 * Messages behind their two octets of length (RFC 1035 §4.2.2, RFC 7766) in, answers out, in the order the messages came. It works in
 * one piece of memory per worker, so that a connection costs memory only while it has sent part of a message, and a query none:
 *
 *   [ slot: one message, answered in place ][ answers of this turn ][ stream: what is held, and behind it what came ]
 *
 * A turn answers what came in one read, and ends early when the room for answers is used up: then it is the others' turn.
 */
export interface MessageStream extends StreamOrigin {
  /** What came and is not answered yet; only its first `heldOctets` count. */
  held: Uint8Array;
  heldOctets: number;
  /** Gives a message to those that answer in many messages; false when it is none of theirs. It then waits for them. */
  handOver(message: Uint8Array): boolean;
}

/**
 * `waiting`: for more from the client. `full`: whole messages are left, for the next turn. `handed over`: one is being answered
 * elsewhere, and what is behind it waits. `unanswerable`: the client sent what no answer is due to.
 */
export type TurnEnd = 'waiting' | 'full' | 'handed over' | 'unanswerable';

/** Time and dice, which a test repeats. */
export interface Chance {
  /** Since the Unix epoch. */
  nowMilliseconds(): number;
  /** From 0 up to but not including 1. */
  draw(): number;
}

const LENGTH_OCTETS = 2;
const MESSAGE_OCTETS_MAX = 65_535;
/** One read: some five hundred queries, which take half a millisecond. */
export const READ_OCTETS = 16 * 1024;
/** Two of the longest answers, so that one always fits when less than half of it is used. */
const ANSWERS_OCTETS = 2 * (LENGTH_OCTETS + MESSAGE_OCTETS_MAX);
const SLOT_OCTETS = 65_536;
export const ANSWERS_AT = SLOT_OCTETS;
const STREAM_AT = ANSWERS_AT + ANSWERS_OCTETS;
/** Almost a whole message, and a read more. */
const STREAM_OCTETS = LENGTH_OCTETS + MESSAGE_OCTETS_MAX + READ_OCTETS;

export const NOTHING_HELD = new Uint8Array(0);
const HELD_OCTETS_MIN = 512;

export class StreamAnswers {
  readonly bytes = new Uint8Array(STREAM_AT + STREAM_OCTETS);
  /** Answers that the last turn wrote. */
  answered = 0;
  /** Octets of answers that the last turn wrote at `ANSWERS_AT`. */
  answersOctets = 0;
  /** Whether the last turn read a whole message. */
  progress = false;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #slot = this.bytes.subarray(0, MESSAGE_OCTETS_MAX);
  readonly #query: Query = {
    packet: this.#slot,
    length: 0,
    transport: 'tcp',
    client: this.#slot,
    listener: 0,
    nowMilliseconds: 0,
    draw: 0,
  };

  constructor(world: World, chance: Chance = { nowMilliseconds: Date.now, draw: Math.random }) {
    this.#world = world;
    this.#chance = chance;
  }

  /** Lays out what the stream holds. Gives where its next octets go, of which there may be `READ_OCTETS`. */
  load(stream: MessageStream): number {
    // A read must fit behind it. A stream that holds whole messages is not read from before they are answered.
    if (stream.heldOctets > 0) this.bytes.set(stream.held.subarray(0, stream.heldOctets), STREAM_AT);
    return STREAM_AT + stream.heldOctets;
  }

  /** Answers what was loaded and the octets that were put behind it. */
  turn(stream: MessageStream, received: number): TurnEnd {
    const { bytes } = this;
    const end = STREAM_AT + stream.heldOctets + received;
    let at = STREAM_AT;
    let turnEnd: TurnEnd = 'waiting';
    this.answered = 0;
    this.answersOctets = 0;
    this.progress = false;
    this.#query.transport = stream.transport;
    this.#query.client = stream.client;
    this.#query.listener = stream.listener;
    this.#query.nowMilliseconds = this.#chance.nowMilliseconds();
    while (at + LENGTH_OCTETS <= end) {
      const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      const next = at + LENGTH_OCTETS + length;
      if (next > end) break;
      if (this.answersOctets + LENGTH_OCTETS + MESSAGE_OCTETS_MAX > ANSWERS_OCTETS) {
        turnEnd = 'full';
        break;
      }
      turnEnd = this.#answer(stream, at + LENGTH_OCTETS, length);
      this.progress = true;
      at = next;
      if (turnEnd !== 'waiting') break;
    }
    this.#keep(stream, at, end);
    return turnEnd;
  }

  #answer(stream: MessageStream, at: number, length: number): TurnEnd {
    const { bytes } = this;
    if (isAnsweredInMany(bytes, at, length) && stream.handOver(bytes.slice(at, at + length))) return 'handed over';
    bytes.copyWithin(0, at, at + length);
    this.#query.length = length;
    this.#query.draw = this.#chance.draw();
    const octets = answerQuery(this.#world, this.#query, this.#slot);
    // RFC 7766 §7 leaves open what to do with what cannot be answered; a client that sends it gets no more of our time.
    if (octets === 0) return 'unanswerable';
    const to = ANSWERS_AT + this.answersOctets;
    bytes[to] = octets >>> 8;
    bytes[to + 1] = octets;
    bytes.copyWithin(to + LENGTH_OCTETS, 0, octets);
    this.answersOctets += LENGTH_OCTETS + octets;
    this.answered += 1;
    return 'waiting';
  }

  /** Keeps what is not answered with the stream. Memory grows by doubling, or octets that trickle in would each cost a copy of all. */
  #keep(stream: MessageStream, at: number, end: number): void {
    const octets = end - at;
    if (octets === 0) {
      stream.held = NOTHING_HELD;
    } else if (at === STREAM_AT && octets <= stream.held.length) {
      const before = stream.heldOctets;
      stream.held.set(this.bytes.subarray(at + before, end), before);
    } else {
      stream.held = new Uint8Array(Math.max(HELD_OCTETS_MIN, 2 ** Math.ceil(Math.log2(octets))));
      stream.held.set(this.bytes.subarray(at, end));
    }
    stream.heldOctets = octets;
  }
}
