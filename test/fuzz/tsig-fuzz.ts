import { signRequest } from '../../src/transfer/tsig/signing.ts';
import { KeyRing, tsigAlgorithm, tsigKey } from '../../src/transfer/tsig/tsig-key.ts';
import { verifyRequest } from '../../src/transfer/tsig/verify-request.ts';
import { HostilePackets } from './hostile-packet.ts';
import { Random } from './random.ts';
import { randomZones } from './random-zones.ts';

const ALGORITHMS = ['hmac-sha1', 'hmac-sha256', 'hmac-sha256-128', 'hmac-sha512'];
const HEADER_OCTETS = 12;
const NOW_SECONDS = 1_700_000_000;

/**
 * Hostile messages, most of them signed and then, often, damaged: nothing but what was signed is ever believed, and what is rejected is
 * answered with a message.
 */
export function fuzzTsig(messages: number, seed: number): void {
  const random = new Random(seed);
  const keys = ALGORITHMS.map((algorithm, at) => {
    const known = tsigAlgorithm(algorithm);
    if (known === undefined) throw new Error(algorithm);
    return tsigKey(`key${at}.example`, known, random.octets(32));
  });
  const ring = new KeyRing(keys);
  const hostile = new HostilePackets(random, randomZones(random));
  for (let count = 0; count < messages; count += 1) {
    const packet = hostile.next().slice();
    if (packet.length < HEADER_OCTETS) continue;
    const isSigned = !random.oneIn(5);
    const bytes = isSigned ? signRequest(packet, random.pick(keys), NOW_SECONDS).bytes : packet;
    const whole = random.oneIn(3);
    const sent = whole ? bytes : damaged(random, bytes);
    const verified = verifyRequest(sent, ring, NOW_SECONDS);
    const shown = (): string => `seed ${seed}, message ${count}: ${Buffer.from(sent).toString('hex')}`;
    if (verified.kind === 'signed' && !(isSigned && Buffer.from(packet).equals(verified.request)))
      throw new Error(`believed what nobody signed: ${shown()}`);
    if (verified.kind === 'rejected' && !isAnswerTo(sent, verified.response))
      throw new Error(`rejected without an answer: ${shown()}`);
  }
}

/** An octet or two overwritten, some cut off or added; often behind the message, where the signature is. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const cut = random.oneIn(4) ? random.below(bytes.length - HEADER_OCTETS + 1) : 0;
  const added = random.oneIn(6) ? random.octets(1 + random.below(20)) : new Uint8Array(0);
  const changed = Uint8Array.of(...bytes.subarray(0, bytes.length - cut), ...added);
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const at = random.oneIn(2) ? random.below(changed.length) : changed.length - 1 - random.below(changed.length >> 1);
    changed[at] = random.oneIn(2) ? random.below(256) : (changed[at] as number) ^ (1 << random.below(8));
  }
  return changed;
}

function isAnswerTo(request: Uint8Array, response: Uint8Array): boolean {
  const isSameId = response[0] === request[0] && response[1] === request[1];
  return response.length >= HEADER_OCTETS && isSameId && ((response[2] as number) & 0x80) !== 0;
}
