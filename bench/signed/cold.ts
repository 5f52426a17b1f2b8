import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { COUNTER, COUNTERS } from '../../src/core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { SigningBudget } from '../../src/core/answer/signed/signing-budget.ts';
import { createWorld } from '../../src/core/answer/world.ts';
import { ZonesInMemory } from '../../src/core/zone/zone-from-text.ts';
import { Wrapping } from '../../src/keys/wrapping.ts';
import { newZoneKey } from '../../src/keys/zone-keys.ts';
import { createZoneSigner } from '../../src/keys/zone-signer.ts';
import { addressOf, Queries } from '../generator/recipe.ts';
import { hostName, SIGNED_ZONE } from './names.ts';

/**
 * Answers that are all signed for the first time, in one thread and without a network, for so many milliseconds of CPU time, which
 * OpenSSL goes by, too. Prints how many a second.
 */
const MILLISECONDS = Number(process.argv[2] ?? 3000);
const NAMES = 200_000;
/** Answers until all of the code is compiled. */
const WARM_UP = 30_000;
/** Answers: what the clock says costs as much as several of them. */
const LOOK_EVERY = 500;
const UNBOUNDED = { all: { perSecond: 1e12, burst: 1e12 }, endless: { perSecond: 1e12, burst: 1e12 } };

const wrappingKey = new Uint8Array(32).fill(7);
const signer = newZoneKey(new Wrapping(wrappingKey), 13);
const zones = new ZonesInMemory();
const zoneId = zones.addZone(`${SIGNED_ZONE}.`);
zones.addValue(zoneId, `${SIGNED_ZONE}.`, 'SOA', 900, 'ns1.example. host.example. 1 7200 900 1209600 60');
for (let index = 0; index < NAMES; index += 1) {
  zones.addValue(zoneId, `${hostName(index)}.${SIGNED_ZONE}.`, 'A', 300, addressOf(index).join('.'));
}
zones.setSigning(zoneId, { signer, signedAhead: [] });
const world = createWorld({
  zones,
  planBytesMax: 2 ** 28,
  settings: PLAIN_ANSWERS,
  counters: new Float64Array(COUNTERS),
  signer: createZoneSigner(wrappingKey),
  signingBudget: new SigningBudget(UNBOUNDED, UNBOUNDED),
});
const expect = { rcode: 0, authoritative: true, answers: 2, authoritiesMin: 0, additionalsMin: 0, address: undefined };
const queries = new Queries({
  name: `h#######.${SIGNED_ZONE}`,
  indexes: NAMES,
  order: 'sequential',
  edns: true,
  dnssecOk: true,
  expect,
});
const packet = new Uint8Array(4096);
const client = Uint8Array.of(192, 0, 2, 1);
let answers = 0;

function answer(): void {
  queries.prepare(packet, 0);
  queries.draw(packet, 0, answers & 0xffff);
  const query = { packet, length: queries.octets, client, transport: 'udp' as const, listener: 0, draw: 0 };
  const length = answerQuery(world, { ...query, nowMilliseconds: Date.now() }, packet);
  if (!queries.plausible(packet, 0, length)) throw new Error('a wrong answer');
  answers += 1;
}

while (answers < WARM_UP) answer();
const begun = process.cpuUsage();
while (answers < NAMES && (answers % LOOK_EVERY > 0 || cpuMilliseconds() < MILLISECONDS)) answer();
const perSecond = ((answers - WARM_UP) * 1000) / cpuMilliseconds();
if (world.counters[COUNTER.signatures] !== answers) throw new Error('an answer was not signed for the first time');
console.log(Math.round(perSecond));

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}
