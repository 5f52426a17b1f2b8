import type { World } from '../../src/core/answer/world.ts';
import { parseMessage, type Message, type ResourceRecord } from '../../src/core/dns/message.ts';
import { lowerName, printName } from '../../src/core/dns/name.ts';
import { rdataType } from '../../src/core/dns/rdata-types.ts';
import { rcodeName, typeName } from '../../src/core/dns/record-type.ts';
import { askTwice, fuzzWorld, UDP_BYTES_MAX } from './asked-twice.ts';
import { questionPacket, randomQuestion, type FuzzQuestion } from './question.ts';
import { Random } from './random.ts';
import { printStored, randomZones, zonesAsText, zonesInMemory } from './random-zones.ts';
import { referenceAnswers, type ReferenceAnswer, type ReferenceZone } from './reference-answerer.ts';

/** Questions to one set of zones; then new ones are made. */
const QUESTIONS_PER_ZONES = 150;

/** Random zones, asked by TCP and UDP, must answer as the reference answerer does. */
export function fuzzLookup(questions: number, seed: number): void {
  const random = new Random(seed);
  for (let asked = 0; asked < questions; asked += QUESTIONS_PER_ZONES) {
    const zones = randomZones(random);
    const world = fuzzWorld(zonesInMemory(zones), 1 << 16);
    for (let count = 0; count < QUESTIONS_PER_ZONES; count += 1) {
      const question = randomQuestion(random, zones);
      const problem = problemWith(random, world, zones, question);
      if (problem === undefined) continue;
      throw new Error(
        `seed ${seed}: ${printStored(question.qname)} ${question.qtype} +edns=${question.udpSize}: ${problem}\n${zonesAsText(zones)}`,
      );
    }
  }
}

/** What is wrong with the answers to a question; undefined when nothing is. */
export function problemWith(
  random: Random,
  world: World,
  zones: readonly ReferenceZone[],
  question: FuzzQuestion,
): string | undefined {
  const packet = questionPacket(random, question);
  try {
    const whole = askTwice(world, packet, 'tcp').slice();
    const message = parseMessage(whole);
    const right = referenceAnswers(zones, question.qname, question.qtype);
    const expected = right.find((each) => differenceFrom(each, message) === undefined) ?? (right[0] as ReferenceAnswer);
    return differenceFrom(expected, message) ?? udpProblem(world, packet, question, whole, expected);
  } catch (error) {
    return String(error);
  }
}

/** With TCP everything fits, so everything must be there. */
function differenceFrom(expected: ReferenceAnswer, message: Message): string | undefined {
  const sections = {
    rcode: [rcodeName(message.rcode)],
    flags: [`aa ${message.flags.authoritative} tc ${message.flags.truncated}`],
    answer: linesOf(message.answers),
    authority: linesOf(message.authorities),
    additional: linesOf(message.additionals),
  };
  const wanted = {
    rcode: [expected.rcode],
    flags: [`aa ${expected.aa} tc false`],
    answer: expected.answer,
    authority: expected.authority,
    additional: [...expected.glue, ...expected.helpful],
  };
  for (const part of ['rcode', 'flags', 'answer', 'authority', 'additional'] as const) {
    if (sameLines(sections[part], wanted[part])) continue;
    return `${part} is\n  ${sections[part].join('\n  ')}\nbut should be\n  ${wanted[part].join('\n  ')}`;
  }
  return undefined;
}

/** Records as `owner ttl type value`, lower-case. */
export function linesOf(records: readonly ResourceRecord[]): string[] {
  return records.map(({ name, type, ttlSeconds, value }) => {
    const text = rdataType(type).print(value);
    return `${printName(lowerName(name))} ${ttlSeconds} ${typeName(type)} ${text.toLowerCase()}`;
  });
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const sorted = other.toSorted();
  return one.toSorted().every((line, index) => line === sorted[index]);
}

/** By UDP the same octets if they fit; else without what only helps; else TC and nothing but the question (RFC 2181 §9). */
function udpProblem(
  world: World,
  packet: Uint8Array,
  question: FuzzQuestion,
  whole: Uint8Array,
  expected: ReferenceAnswer,
): string | undefined {
  const limit = Math.min(Math.max(question.udpSize ?? 0, 512), UDP_BYTES_MAX);
  const octets = askTwice(world, packet, 'udp');
  if (octets.length > limit) return `${octets.length} octets by UDP, but at most ${limit} were asked for`;
  if (whole.length <= limit)
    return sameOctets(whole, octets) ? undefined : 'another answer by UDP, though it would fit';
  const message = parseMessage(octets);
  const records = message.answers.length + message.authorities.length + message.additionals.length;
  const helpful = expected.helpful.length;
  const required = whole.length - octetsOfLast(whole, parseMessage(whole), helpful);
  if (required > limit) return message.flags.truncated && records === 0 ? undefined : 'neither whole nor truncated';
  const without = { ...expected, helpful: [] };
  return differenceFrom(without, message);
}

function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}

/** The octets of the last additional records before OPT: what is left out first. */
function octetsOfLast(octets: Uint8Array, message: Message, count: number): number {
  // Addresses alone: two octets of a name or more, ten of the fixed part and the address. Walked backwards is ambiguous, so forwards.
  const total = message.answers.length + message.authorities.length + message.additionals.length;
  let at = 12;
  const skipName = (): void => {
    while (octets[at] !== 0 && (octets[at] as number) < 0xc0) at += 1 + (octets[at] as number);
    at += octets[at] === 0 ? 1 : 2;
  };
  skipName();
  at += 4;
  for (let record = 0; record < total - count; record += 1) {
    skipName();
    at += 10 + (((octets[at + 8] as number) << 8) | (octets[at + 9] as number));
  }
  const opt = message.edns === undefined ? 0 : 11;
  return octets.length - opt - at;
}
