import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { COUNTER } from '../../src/core/answer/counters.ts';
import { framed } from '../../src/core/dns/framed.ts';
import type { World } from '../../src/core/answer/world.ts';
import { isAnsweredInMany } from '../../src/edge/stream/answer-in-many.ts';
import {
  ANSWERS_AT,
  NOTHING_HELD,
  READ_OCTETS,
  StreamAnswers,
  type MessageStream,
} from '../../src/edge/stream/stream-answers.ts';
import { fuzzWorld } from './asked-twice.ts';
import { HostilePackets } from './hostile-packet.ts';
import { Random } from './random.ts';
import { randomZones, zonesInMemory } from './random-zones.ts';

const MESSAGES_MAX = 40;
/** Streams to one set of zones; then new ones are made. */
const STREAMS_PER_ZONES = 500;
const CLIENT = Uint8Array.of(192, 0, 2, 100);
const CHANCE = { nowMilliseconds: () => 1000, draw: () => 0.5 };

/**
 * However a stream of hostile messages is cut into reads, each is answered as it is alone, in order, up to the first that no answer is
 * due to; those for other hands come whole; and no more is held than what is not answered.
 */
export function fuzzStreams(streams: number, seed: number): void {
  const random = new Random(seed);
  for (let count = 0; count < streams;) {
    const zones = randomZones(random);
    const world = fuzzWorld(zonesInMemory(zones), 1 << 18);
    const hostile = new HostilePackets(random, zones);
    const answers = new StreamAnswers(world, CHANCE);
    for (let left = STREAMS_PER_ZONES; left > 0 && count < streams; left -= 1, count += 1) {
      const messages = Array.from({ length: random.below(MESSAGES_MAX) }, () => nextMessage(random, hostile));
      const tail = random.octets(random.below(2));
      const stream = Buffer.concat([...messages.map(framed), tail]);
      const expected = expectedOf(world, messages);
      const seen = new SeenStream(answers, random).read(stream);
      const same = seen.octets.equals(expected.octets) && seen.unanswerable === expected.unanswerable;
      const keeps = expected.unanswerable || seen.held === tail.length;
      if (!same || !keeps || world.counters[COUNTER.internalErrors] !== 0) {
        throw new Error(`seed ${seed}, stream ${count}: ${stream.toString('hex')}`);
      }
    }
  }
}

function nextMessage(random: Random, hostile: HostilePackets): Uint8Array {
  if (random.oneIn(200)) return random.octets(random.below(65_536));
  return hostile.next().slice();
}

/** Answers one by one. What another hand would answer stands for itself. */
function expectedOf(world: World, messages: readonly Uint8Array[]): { octets: Buffer; unanswerable: boolean } {
  const parts: Uint8Array[] = [];
  const response = new Uint8Array(65_535);
  for (const packet of messages) {
    if (takesOver(packet, 0, packet.length)) {
      parts.push(framed(packet));
      continue;
    }
    const { length } = packet;
    const query = { packet, length, transport: 'tcp', client: CLIENT, listener: 0, nowMilliseconds: 1000, draw: 0.5 };
    const octets = answerQuery(world, { ...query, transport: 'tcp' }, response);
    if (octets === 0) return { octets: Buffer.concat(parts), unanswerable: true };
    parts.push(framed(response.slice(0, octets)));
  }
  return { octets: Buffer.concat(parts), unanswerable: false };
}

/** Half of what is offered is taken. */
function takesOver(bytes: Uint8Array, at: number, length: number): boolean {
  return isAnsweredInMany(bytes, at, length) && ((bytes[at] as number) & 1) === 1;
}

/** A stream that is served as an edge worker serves one, in reads of random lengths. */
class SeenStream implements MessageStream {
  readonly client = CLIENT;
  readonly listener = 0;
  readonly transport = 'tcp';
  held = NOTHING_HELD;
  heldOctets = 0;
  readonly #answers: StreamAnswers;
  readonly #random: Random;
  readonly #parts: Uint8Array[] = [];
  #taken: Uint8Array | undefined;

  constructor(answers: StreamAnswers, random: Random) {
    this.#answers = answers;
    this.#random = random;
  }

  handOver(message: Uint8Array): boolean {
    if (!takesOver(message, 0, message.length)) return false;
    this.#taken = framed(message);
    return true;
  }

  read(stream: Uint8Array): { octets: Buffer; held: number; unanswerable: boolean } {
    const random = this.#random;
    const small = random.oneIn(3);
    for (let at = 0; at < stream.length;) {
      const octets = Math.min(1 + random.below(small ? 5 : READ_OCTETS), stream.length - at);
      if (!this.#turns(stream.subarray(at, at + octets))) return this.#outcome(true);
      at += octets;
    }
    return this.#outcome(false);
  }

  /** One read, and as many turns as its messages take; false when one was unanswerable. */
  #turns(received: Uint8Array): boolean {
    const answers = this.#answers;
    answers.bytes.set(received, answers.load(this));
    let end = answers.turn(this, received.length);
    for (;;) {
      this.#parts.push(answers.bytes.slice(ANSWERS_AT, ANSWERS_AT + answers.answersOctets));
      if (this.#taken !== undefined) this.#parts.push(this.#taken);
      this.#taken = undefined;
      if (end === 'waiting') return true;
      if (end === 'unanswerable') return false;
      answers.load(this);
      end = answers.turn(this, 0);
    }
  }

  #outcome(unanswerable: boolean): { octets: Buffer; held: number; unanswerable: boolean } {
    return { octets: Buffer.concat(this.#parts), held: this.heldOctets, unanswerable };
  }
}
