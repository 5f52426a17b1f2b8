import { ask, packetOf, queryOf, textOf, worldOf } from './answer-text.ts';
import { answerQuery } from './answer-query.ts';
import { COUNTER } from './counters.ts';
import type { Query } from './query.ts';
import type { ZoneData } from '../zone/zone-data.ts';

/**
 * Mutated queries against `answerQuery`: whatever comes in, no internal error, no answer above its limit, and every answer parses.
 * Everything follows from the seed; a failure names the packet.
 */
export function fuzz(
  zones: ZoneData,
  queries: readonly string[],
  packets: number,
  seed: number,
): { answered: number; silent: number } {
  const random = randomOf(seed);
  const world = worldOf(zones);
  const seeds = queries.map(packetOf);
  const base = queryOf(queries[0] as string);
  const buffer = new Uint8Array(65_535);
  const apart = new Uint8Array(65_535);
  let answered = 0;
  for (let count = 0; count < packets; count += 1) {
    const packet = mutated(seeds, random);
    buffer.set(packet);
    const transport = random(4) === 0 ? 'tcp' : 'udp';
    const query: Query = { ...base, packet: buffer, length: packet.length, transport };
    const response = random(8) === 0 ? apart : buffer;
    const length = answerQuery(world, query, response);
    if (length > 0) answered += 1;
    const problem = problemOf(response.subarray(0, length), packet, transport === 'udp' ? 1232 : 65_535);
    if (problem !== undefined || world.counters[COUNTER.internalErrors] !== 0) {
      throw new Error(`${problem ?? 'internal error'}: seed ${seed}, packet ${count}: ${hex(packet)}`);
    }
  }
  for (const query of queries) textOf(ask(world, query));
  return { answered, silent: packets - answered };
}

function problemOf(response: Uint8Array, packet: Uint8Array, limit: number): string | undefined {
  if (response.length === 0) return packet.length < 12 || (packet[2] as number) & 0x80 ? undefined : 'silence';
  if (response.length > limit) return 'too long';
  if (response[0] !== packet[0] || response[1] !== packet[1]) return 'another id';
  if (((response[2] as number) & 0x80) === 0) return 'not a response';
  try {
    textOf(response);
    return undefined;
  } catch (error) {
    return `does not parse (${String(error)})`;
  }
}

/** One of the queries with up to six of its octets, bits, counts or ends changed; now and then noise. */
function mutated(seeds: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  if (random(64) === 0) return Uint8Array.from({ length: random(600) }, () => random(256));
  let packet = Uint8Array.from(seeds[random(seeds.length)] as Uint8Array);
  for (let left = random(6); left > 0 && packet.length > 0; left -= 1) {
    const at = random(packet.length);
    switch (random(8)) {
      case 0:
        packet[at] = random(256);
        break;
      case 1:
        packet[at] = (packet[at] as number) ^ (1 << random(8));
        break;
      case 2:
        packet = packet.slice(0, at);
        break;
      case 3:
        packet = joined(
          packet,
          Uint8Array.from({ length: random(40) }, () => random(256)),
        );
        break;
      case 4:
        packet = joined(packet.subarray(0, at), Uint8Array.of(random(70)), packet.subarray(at));
        break;
      case 5:
        packet[at] = 0xc0 | random(64);
        break;
      case 6:
        if (packet.length > 12) packet[4 + random(8)] = random(3);
        break;
      default:
        packet = joined(packet, (seeds[random(seeds.length)] as Uint8Array).subarray(random(12)));
    }
  }
  return packet;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** xorshift32: the same numbers for the same seed everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
