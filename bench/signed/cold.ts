import { answerQuery } from '../../src/core/answer/answer-query.ts';
import { COUNTER, COUNTERS } from '../../src/core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { SigningBudget } from '../../src/core/answer/signed/signing-budget.ts';
import { createWorld } from '../../src/core/answer/world.ts';
import { zoneDataOf } from '../../src/core/control/zone-data.ts';
import { parseName } from '../../src/core/dns/name.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { validityOf } from '../../src/core/dnssec/periods.ts';
import { octetsToSign, rrsigFields } from '../../src/core/dnssec/rrset-signature.ts';
import { createZoneSigner } from '../../src/keys/zone-signer.ts';
import { openStore } from '../../src/store/store.ts';
import { addressOf, Queries } from '../generator/recipe.ts';
import { COLD_NAMES, COLD_WRAPPING_KEY } from './fill-cold.ts';
import { hostName, SIGNED_ZONE } from './names.ts';

/**
 * What a core makes for the first time, in one thread and without a network, for so many milliseconds of CPU time, which is what
 * `openssl speed` goes by, too. Prints how many a second.
 *
 *     node bench/signed/cold.ts DIRECTORY signatures|answers|unsigned [milliseconds]
 *
 * `signatures`: RRsets made into RRSIGs, as an answering thread does it: canonical form, digest, signature. `answers`: whole answers from
 * the store, each signed. `unsigned`: the same without DO.
 */
const [directory = '', what = '', milliseconds = '3000'] = process.argv.slice(2);
const MILLISECONDS = Number(milliseconds);
/** Until all of the code is compiled. */
const WARM_UP = 30_000;
/** What the clock says costs as much as some of them. */
const LOOK_EVERY = 200;
const UNBOUNDED = { all: { perSecond: 1e12, burst: 1e12 }, endless: { perSecond: 1e12, burst: 1e12 } };

const zones = zoneDataOf(openStore(directory, { readOnly: true }).view);
const signer = createZoneSigner(COLD_WRAPPING_KEY);
const one = what === 'signatures' ? signatures() : answers(what === 'answers');
let made = 0;
while (made < WARM_UP) {
  one(made);
  made += 1;
}
const begun = process.cpuUsage();
while (made < COLD_NAMES && (made % LOOK_EVERY > 0 || cpuMilliseconds() < MILLISECONDS)) {
  one(made);
  made += 1;
}
console.log(Math.round(((made - WARM_UP) * 1000) / cpuMilliseconds()));
process.exit();

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

function signatures(): (index: number) => void {
  const [zone] = zones.zonesAt(`test.${SIGNED_ZONE.split('.')[0]}.`);
  const signing = zone && zones.signing(zone.zoneId);
  if (signing === undefined) throw new Error('the zone is not signed');
  const apex = parseName(`${SIGNED_ZONE}.`);
  const terms = { signer: apex, algorithm: 13, keyTag: signing.signer.tag, ...validityOf(1, 0) };
  const name = parseName(`${hostName(0)}.${SIGNED_ZONE}.`);
  const rdata = [Uint8Array.from(addressOf(1))];
  return (index) => {
    for (let at = 8, rest = index; at > 1; at -= 1, rest = (rest / 10) | 0) name[at] = 0x30 + (rest % 10);
    const rrset = { name, type: TYPE.A, ttlSeconds: 300, rdata };
    if (signer.sign(signing.signer, octetsToSign(rrsigFields(rrset, terms), rrset))?.length !== 64)
      throw new Error('no signature');
  };
}

function answers(dnssecOk: boolean): (index: number) => void {
  const counters = new Float64Array(COUNTERS);
  const settings = PLAIN_ANSWERS;
  const signingBudget = new SigningBudget(UNBOUNDED, UNBOUNDED);
  const world = createWorld({ zones, planBytesMax: 2 ** 28, settings, counters, signer, signingBudget });
  const queries = new Queries({
    name: `h#######.${SIGNED_ZONE}`,
    indexes: COLD_NAMES,
    order: 'sequential',
    edns: true,
    dnssecOk,
    expect: {
      rcode: 0,
      authoritative: true,
      answers: dnssecOk ? 2 : 1,
      authoritiesMin: 0,
      additionalsMin: 0,
      address: undefined,
    },
  });
  const packet = new Uint8Array(4096);
  const client = Uint8Array.of(192, 0, 2, 1);
  const query = { packet, length: queries.octets, client, transport: 'udp' as const, listener: 0, draw: 0 };
  const nowMilliseconds = Date.now();
  return (index) => {
    queries.prepare(packet, 0);
    queries.draw(packet, 0, index & 0xffff);
    const length = answerQuery(world, { ...query, nowMilliseconds }, packet);
    if (!queries.plausible(packet, 0, length)) throw new Error('a wrong answer');
    if (dnssecOk && counters[COUNTER.signatures] !== index + 1) throw new Error('not signed for the first time');
  };
}
