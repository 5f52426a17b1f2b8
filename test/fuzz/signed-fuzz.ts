import { SigningBudget } from '../../src/core/answer/signed/signing-budget.ts';
import type { World } from '../../src/core/answer/world.ts';
import { keyOfName, keyToName } from '../../src/core/dns/name-key.ts';
import { parseMessage, type Message } from '../../src/core/dns/message.ts';
import { parseRdata } from '../../src/core/dns/rdata-types.ts';
import type { Dnskey } from '../../src/core/dns/rdata/dnskey.ts';
import { RCODE, rcodeName, TYPE } from '../../src/core/dns/record-type.ts';
import { findZone } from '../../src/core/zone/find-zone.ts';
import type { ZonesInMemory } from '../../src/core/zone/zone-from-text.ts';
import { testSigner, testSigning } from '../signed/keys.ts';
import { validateAnswer } from '../signed/validate-answer.ts';
import { askTwice, EVERY_OPTION, fuzzWorld } from './asked-twice.ts';
import { linesOf } from './lookup-fuzz.ts';
import { questionPacket, randomQuestion, type FuzzQuestion } from './question.ts';
import { Random } from './random.ts';
import { printStored, randomZones, zonesAsText, zonesInMemory } from './random-zones.ts';

const QUESTIONS_PER_ZONES = 150;
const BEGIN_SECONDS = 1_800_000_000;
/** As long as the signatures of the apex count. */
const SPAN_SECONDS = 21 * 86_400;
const UNBOUNDED = { perSecond: 1e9, burst: 1e9 };

/** Signs whatever is wanted. */
export function unboundedBudget(): SigningBudget {
  const rates = { all: UNBOUNDED, endless: UNBOUNDED };
  return new SigningBudget(rates, rates);
}

/**
 * Random zones, most of them signed, asked with DO and without: every answer of a signed one must be proven, and all must say the
 * same as those without signatures.
 */
export function fuzzSigned(questions: number, seed: number): void {
  const random = new Random(seed);
  for (let asked = 0; asked < questions; asked += QUESTIONS_PER_ZONES) {
    const zones = randomZones(random);
    const memory = zonesInMemory(zones);
    signSome(random, memory);
    const world = fuzzWorld(memory, 1 << 20, EVERY_OPTION, { signer: testSigner, signingBudget: unboundedBudget() });
    let now = BEGIN_SECONDS;
    for (let count = 0; count < QUESTIONS_PER_ZONES; count += 1) {
      if (random.oneIn(10)) now = BEGIN_SECONDS + random.below(SPAN_SECONDS);
      const question = { ...randomQuestion(random, zones), udpSize: 1232 };
      const problem = problemWith(random, world, question, now);
      if (problem === undefined) continue;
      throw new Error(
        `seed ${seed}: ${printStored(question.qname)} ${question.qtype} at ${now}: ${problem}\n${zonesAsText(zones)}`,
      );
    }
  }
}

/** Three in four zones. */
export function signSome(random: Random, memory: ZonesInMemory): void {
  for (const [zoneId, apex] of memory.apexes()) {
    if (random.oneIn(4)) continue;
    const options = { algorithm: random.pick([13, 15] as const), seed: 1 + random.below(3), cds: random.oneIn(2) };
    memory.setSigning(zoneId, testSigning(keyToName(apex), { ...options, from: BEGIN_SECONDS }).signing);
  }
}

function problemWith(random: Random, world: World, question: FuzzQuestion, nowSeconds: number): string | undefined {
  const packet = questionPacket(random, question);
  const flagsAt = packet.length - 4;
  const ask = (flags: number): Message => {
    packet[flagsAt] = flags;
    return parseMessage(askTwice(world, packet, 'tcp', nowSeconds * 1000).slice());
  };
  try {
    const first = random.below(2);
    const [plain, signed] = first === 0 ? [ask(0), ask(DO)] : [ask(DO), ask(0)].toReversed();
    return differenceBetween(plain as Message, signed as Message, ask(DO | CO), world, nowSeconds);
  } catch (error) {
    return String(error);
  }
}

const DO = 0x80;
const CO = 0x40;

function differenceBetween(
  plain: Message,
  signed: Message,
  compact: Message,
  world: World,
  nowSeconds: number,
): string | undefined {
  const [asked] = plain.questions;
  if (asked === undefined) return 'no question';
  const { name: qname, type: qtype } = asked;
  const zone = findZone(world.zones, keyOfName(qname), qtype);
  const signing = zone && world.zones.signing(zone.zoneId);
  if (zone === undefined || signing === undefined || plain.rcode === RCODE.SERVFAIL) {
    return sameWords(wordsOf(plain), wordsOf(signed)) ? undefined : `unsigned, and another answer with DO`;
  }
  const keys = signing.signedAhead.find(({ type }) => type === 'DNSKEY')?.values ?? [];
  const trust = {
    apex: keyToName(zone.apex),
    keys: keys.map((text) => parseRdata(TYPE.DNSKEY, text, 'zone-file') as Dnskey),
    nowSeconds,
  };
  const proof = validateAnswer(signed, qname, qtype, trust);
  if (signed.rcode !== RCODE.NOERROR) return `${rcodeName(signed.rcode)} with a signed denial`;
  if (validateAnswer(compact, qname, qtype, trust) !== proof) return 'another proof with CO';
  if (qtype === TYPE.NSEC || qtype === TYPE.RRSIG) return undefined;
  const missing = proof === 'no such name' ? RCODE.NXDOMAIN : RCODE.NOERROR;
  if (plain.rcode !== missing) return `${proof} by signatures, ${rcodeName(plain.rcode)} without`;
  if (compact.rcode !== missing) return `${proof}, and ${rcodeName(compact.rcode)} with CO`;
  return sameWords(answersOf(plain), answersOf(signed)) ? undefined : 'other records with DO';
}

function answersOf({ answers }: Message): string[] {
  return linesOf(answers.filter(({ type }) => type !== TYPE.RRSIG)).toSorted();
}

function wordsOf(message: Message): string[] {
  const { answers, authorities, additionals, rcode } = message;
  return [rcodeName(rcode), ...[answers, authorities, additionals].flatMap((records) => linesOf(records).toSorted())];
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}
