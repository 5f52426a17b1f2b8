import { COUNTER } from '../../src/core/answer/counters.ts';
import type { Transport } from '../../src/core/answer/query.ts';
import { parseMessage, type Message } from '../../src/core/dns/message.ts';
import { askTwice, EVERY_OPTION, fuzzWorld, LIMITED, UDP_BYTES_MAX } from './asked-twice.ts';
import { HostilePackets } from './hostile-packet.ts';
import { linesOf } from './lookup-fuzz.ts';
import { Random } from './random.ts';
import { signSome, unboundedBudget } from './signed-fuzz.ts';
import { randomZones, zonesAsText, zonesInMemory } from './random-zones.ts';

/** Signatures that nobody verifies here cost nothing, and are the same each time. */
const SIGNING = {
  signer: { sign: (_: unknown, octets: Uint8Array) => new Uint8Array(64).fill(octets.at(-1) ?? 0) },
  signingBudget: unboundedBudget(),
};
/** Packets to one set of zones; then new ones are made. */
const PACKETS_PER_ZONES = 20_000;
const TRANSPORTS: readonly Transport[] = ['udp', 'udp', 'udp', 'udp', 'tcp', 'tls', 'https'];
/** Of so many, one is put to a world that keeps nothing, which must say the same. */
const COMPARED_ONE_IN = 16;

/**
 * Hostile packets, by UDP and TCP: no exception inside, no answer above what was asked for, each parses to its last octet and belongs
 * to its query, and cached, compiled and copied answers are the same octets.
 */
export function fuzzPackets(packets: number, seed: number): void {
  const random = new Random(seed);
  for (let count = 0; count < packets;) {
    const zones = randomZones(random);
    const memory = zonesInMemory(zones);
    signSome(random, memory);
    // Often too small for all plans, so that it is emptied now and then.
    const world = fuzzWorld(memory, random.oneIn(2) ? 1 << 12 : 1 << 18, EVERY_OPTION, SIGNING);
    const limited = fuzzWorld(memory, 1 << 12, LIMITED, SIGNING);
    const forgetful = fuzzWorld(memory, FORGETFUL_BYTES, EVERY_OPTION, SIGNING);
    const hostile = new HostilePackets(random, zones);
    for (let left = PACKETS_PER_ZONES; left > 0 && count < packets; left -= 1, count += 1) {
      const packet = hostile.next();
      const transport = random.pick(TRANSPORTS);
      try {
        const answer = askTwice(world, packet, transport);
        checkAnswer(packet, answer, transport);
        if (random.oneIn(COMPARED_ONE_IN)) {
          const kept = answer.slice();
          const anew = askTwice(forgetful, packet, transport);
          if (!sameOctets(kept, anew) && !sameMeaning(packet, kept, anew))
            throw new Error(`${hex(kept)} from the cache, ${hex(anew)} without`);
        }
        if (random.oneIn(COMPARED_ONE_IN)) {
          const rationed = askTwice(limited, packet, transport);
          // Above its rate a client is told nothing, or to come again in another way.
          if (rationed.length > 0) checkAnswer(packet, rationed, transport);
          else if (transport !== 'udp' && answer.length > 0) throw new Error(`silence by ${transport}`);
        }
      } catch (error) {
        const text = `seed ${seed}, packet ${count} by ${transport}: ${String(error)}\n${hex(packet)}\n${zonesAsText(zones)}`;
        throw new Error(text, { cause: error });
      }
    }
    const held = (limited.counters[COUNTER.rateDropped] as number) + (limited.counters[COUNTER.rateSlipped] as number);
    if (count === packets && packets >= PACKETS_PER_ZONES && held === 0) throw new Error('no rate was ever reached');
    if (forgetful.counters[COUNTER.planHits] !== 0) throw new Error('the world that keeps nothing kept something');
  }
}

/** A name that is not compressed makes an answer of many records so many times as long, in these zones of short names. */
const LONGER_AT_MOST = 2;

/** Too small for any plan. */
const FORGETFUL_BYTES = 16;

/** Throws when the answer is not one to this packet. */
export function checkAnswer(packet: Uint8Array, answer: Uint8Array, transport: Transport): void {
  if (answer.length === 0) {
    if (packet.length < 12 || (packet[2] as number) >= 0x80) return;
    throw new Error('silence');
  }
  const message = parseMessage(answer);
  if (answer[0] !== packet[0] || answer[1] !== packet[1]) throw new Error('another id');
  // QR set; opcode and RD as they were; RA, Z, AD and CD clear.
  const kept = 0x79;
  if (((answer[2] as number) & (kept | 0x80)) !== (((packet[2] as number) & kept) | 0x80)) throw new Error('flags');
  if (((answer[3] as number) & 0xf0) !== 0) throw new Error('RA, Z, AD or CD is set');
  const end = questionEnd(answer, message);
  for (let at = 12; at < end; at += 1) if (answer[at] !== packet[at]) throw new Error('another question');
  if (message.flags.truncated && transport !== 'udp') throw new Error(`TC by ${transport}`);
  if (answer.length > 512 && transport === 'udp') checkSize(packet, answer.length);
}

function questionEnd(answer: Uint8Array, message: Message): number {
  if (message.questions.length === 0) return 12;
  let at = 12;
  while (answer[at] !== 0) at += 1 + (answer[at] as number);
  return at + 5;
}

/** More than 512 octets must have been asked for, by an OPT record. */
function checkSize(packet: Uint8Array, octets: number): void {
  const asked = Math.min(udpSizeOf(packet), UDP_BYTES_MAX);
  if (octets > asked) throw new Error(`${octets} octets by UDP, but ${asked} were asked for`);
}

/** The size in the OPT record of a query with one question and only additional records; 512 without one. */
function udpSizeOf(packet: Uint8Array): number {
  const u16 = (at: number): number => ((packet[at] as number) << 8) | (packet[at + 1] as number);
  const nameEnd = (from: number): number => {
    let at = from;
    while (packet[at] !== 0 && (packet[at] as number) < 0xc0) at += 1 + (packet[at] as number);
    return at + (packet[at] === 0 ? 1 : 2);
  };
  let at = nameEnd(12) + 4;
  for (let left = u16(10); left > 0 && at < packet.length; left -= 1) {
    at = nameEnd(at);
    if (u16(at) === 41) return Math.max(u16(at + 2), 512);
    at += 10 + u16(at + 8);
  }
  return 512;
}

function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

/**
 * A plan that names share is not compressed against the one that asks: it may be a little longer, and its case another. Close to the limit
 * only the longer one may be truncated, or go without the additional records that only help.
 */
function sameMeaning(packet: Uint8Array, one: Uint8Array, other: Uint8Array): boolean {
  const [mine, theirs] = [parseMessage(one), parseMessage(other)];
  if (mine.flags.truncated !== theirs.flags.truncated) return true;
  const meaning = ({ rcode, flags, answers, authorities }: Message): string =>
    JSON.stringify([rcode, flags, ...[answers, authorities].map((each) => linesOf(each).toSorted())]);
  if (meaning(mine) !== meaning(theirs)) return false;
  const [fewer = [], more = []] = [mine, theirs]
    .map(({ additionals }) => linesOf(additionals).toSorted())
    .toSorted((left, right) => left.length - right.length);
  if (fewer.length === more.length) return fewer.every((line, at) => line === more[at]);
  const nearTheLimit = Math.max(one.length, other.length) * LONGER_AT_MOST > Math.min(udpSizeOf(packet), UDP_BYTES_MAX);
  return nearTheLimit && fewer.every((line) => more.includes(line));
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
