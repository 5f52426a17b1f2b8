import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { COUNTER, COUNTERS } from '../../src/core/answer/counters.ts';
import { newRateTable } from '../../src/core/answer/rate-limit.ts';
import { PLAIN_ANSWERS, SERVER_ID_OCTETS_MAX, type AnswerSettings } from '../../src/core/answer/settings.ts';
import { createWorld, type World, type WorldOptions } from '../../src/core/answer/world.ts';
import type { Query, Transport } from '../../src/core/answer/query.ts';
import type { ZoneData } from '../../src/core/zone/zone-data.ts';

/** The largest UDP answer of the worlds here. */
export const UDP_BYTES_MAX = 1232;

/** All options are answered, with the longest texts there may be. */
export const EVERY_OPTION: AnswerSettings = {
  ...PLAIN_ANSWERS,
  udpBytesMax: UDP_BYTES_MAX,
  serverId: 'i'.repeat(SERVER_ID_OCTETS_MAX),
  serverVersion: 'version',
  cookieSecrets: [1, 2].map((octet) => new Uint8Array(16).fill(octet)),
};

export function fuzzWorld(
  zones: ZoneData,
  planBytesMax: number,
  settings = EVERY_OPTION,
  more: Pick<WorldOptions, 'signer' | 'signingBudget'> = {},
): World {
  const rateTable = settings.rateLimit === undefined ? undefined : newRateTable(1);
  return createWorld({ zones, planBytesMax, settings, rateTable, counters: new Float64Array(COUNTERS), ...more });
}

/** Nearly every answer by UDP is above the rate, so half of them are silence, the others TC or BADCOOKIE. */
export const LIMITED: AnswerSettings = {
  ...EVERY_OPTION,
  rateLimit: { perSecond: 1, slip: 2, ipv4PrefixBits: 24, ipv6PrefixBits: 56, allowed: [] },
};

/** The longest message there is. */
const OCTETS_MAX = 65_535;

const inPlace = new Uint8Array(OCTETS_MAX);
const apart = new Uint8Array(OCTETS_MAX);
const CLIENT = Uint8Array.of(192, 0, 2, 100);

/**
 * Asks twice, answered in the packet's own buffer and in another one; the first answer may be compiled, the second comes from the
 * cache if it can. Returns the first, which is good until the next call. Throws when the two differ or something broke inside.
 */
export function askTwice(world: World, packet: Uint8Array, transport: Transport, nowMilliseconds = 1000): Uint8Array {
  inPlace.set(packet);
  const query: Query = {
    packet: inPlace,
    length: packet.length,
    transport,
    client: CLIENT,
    listener: 0,
    nowMilliseconds,
    draw: (((packet[0] ?? 0) << 8) | (packet[1] ?? 0)) / 0x10000,
  };
  const first = answerQuery(world, query, inPlace);
  const second = answerQuery(world, { ...query, packet }, apart);
  if (world.counters[COUNTER.internalErrors] !== 0) throw new Error('an internal error was counted');
  if (first !== second) throw new Error(`${first} octets the first time, ${second} the second time`);
  for (let at = 0; at < first; at += 1) {
    if (inPlace[at] !== apart[at]) throw new Error(`octet ${at} differs the second time`);
  }
  return inPlace.subarray(0, first);
}
