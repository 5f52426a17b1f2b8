import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { DOH_PATH, MESSAGE_OCTETS_MAX, readDohHead, type DohHead } from '../../src/edge/https/doh-request.ts';
import { freshnessSeconds } from '../../src/edge/https/freshness.ts';
import { fuzzWorld } from './asked-twice.ts';
import { HostilePackets } from './hostile-packet.ts';
import { Random } from './random.ts';
import { randomZones, zonesInMemory } from './random-zones.ts';

/** Requests to one set of zones; then new ones are made. */
const REQUESTS_PER_ZONES = 2000;
const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', ''];
const PATHS = [
  DOH_PATH,
  DOH_PATH,
  DOH_PATH,
  DOH_PATH,
  '/',
  '',
  '/dns-query/',
  '/DNS-QUERY',
  '*',
  'https://x/dns-query',
];
const TYPES = [undefined, 'application/dns-message', 'application/dns-message', 'text/plain', '', ';', 'application/*'];
const ACCEPTS = [
  'application/dns-message',
  '*/*',
  'application/*',
  'text/html',
  ';q=0',
  ';q=1.000',
  ',',
  ' ',
  ';q=',
  'q',
];
const LENGTHS = [undefined, '0', '12', '65535', '65536', '99999999999999999999', '-1', 'x', ''];
/** Largest TTL (RFC 2181 §8). */
const TTL_SECONDS_MAX = 2 ** 31 - 1;

/**
 * Requests for DNS over HTTPS, well formed and damaged: each is read or gets a status, what was encoded is what is read, and every answer
 * has a freshness.
 */
export function fuzzDoh(requests: number, seed: number): void {
  const random = new Random(seed);
  const response = new Uint8Array(MESSAGE_OCTETS_MAX);
  for (let count = 0; count < requests;) {
    const zones = randomZones(random);
    const world = fuzzWorld(zonesInMemory(zones), 1 << 18);
    const hostile = new HostilePackets(random, zones);
    for (let left = REQUESTS_PER_ZONES; left > 0 && count < requests; left -= 1, count += 1) {
      const packet = hostile.next().slice();
      const { head, damaged } = headOf(random, packet);
      try {
        const read = readDohHead(head);
        const whole = !damaged && head.method === 'GET' && head.target.startsWith(`${DOH_PATH}?`);
        if (read.kind === 'message' && read.message.length > MESSAGE_OCTETS_MAX) throw new Error('too long a message');
        if (whole && head.accept === undefined && read.kind !== 'message') throw new Error('refused');
        if (whole && read.kind === 'message' && !Buffer.from(packet).equals(read.message))
          throw new Error('not what was sent');
        if (read.kind !== 'message') continue;
        const { length } = read.message;
        const query = { packet: read.message, length, client: CLIENT, listener: 0, nowMilliseconds: 1000, draw: 0.5 };
        const octets = answerQuery(world, { ...query, transport: 'https' }, response);
        const seconds = octets === 0 ? 0 : freshnessSeconds(response.subarray(0, octets));
        if (!Number.isInteger(seconds) || seconds < 0 || seconds > TTL_SECONDS_MAX) throw new Error(`${seconds} s`);
      } catch (error) {
        throw new Error(`seed ${seed}, request ${count}: ${String(error)}\n${JSON.stringify(head)}`, { cause: error });
      }
    }
  }
}

const CLIENT = Uint8Array.of(192, 0, 2, 100);

function headOf(random: Random, packet: Uint8Array): { head: DohHead; damaged: boolean } {
  let text = Buffer.from(packet).toString('base64url');
  const damaged = random.oneIn(3);
  if (damaged) {
    for (let left = 1 + random.below(3); left > 0; left -= 1) {
      const at = random.below(text.length + 1);
      text =
        text.slice(0, at) +
        random.pick(['=', '+', '%41', 'A', '&dns=', '?', '\u00e9', '']) +
        text.slice(at + random.below(3));
    }
  }
  const before = random.oneIn(8) ? random.pick(['a=b&', '&', 'dns&', 'xdns=AA&']) : '';
  const accept = Array.from({ length: random.below(4) }, () => random.pick(ACCEPTS)).join(random.pick(['', ',']));
  const head = {
    method: random.pick(METHODS),
    target: random.pick(PATHS) + (random.oneIn(20) ? '' : `?${before}dns=${text}`),
    accept: random.oneIn(2) ? undefined : accept,
    contentType: random.pick(TYPES),
    contentLength: random.pick(LENGTHS),
  };
  return { head, damaged };
}
