import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import {
  DeactivateKeySigningKeyCommand,
  DeleteKeySigningKeyCommand,
  DisableHostedZoneDNSSECCommand,
  GetDNSSECCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { run, startMember, type Member } from '../clients/member.ts';
import { loadZone } from '../conformance/load-zone.ts';
import { zoneOf } from '../conformance/tricky-zone.ts';
import { FakeClock, FAKETIME } from './fake-clock.ts';
import { startNameServer, type NameServer } from './name-server.ts';
import { askDirectly } from './signers.ts';
import type { Resolver } from './resolver.ts';
import { addKeySigningKey, signZone, tagZone } from './sign-zone.ts';
import { makeKeys } from './signed-zone.ts';
import type { Verdict } from './validator.ts';
import { ADDRESS, apex, someAbsent, startResolvers, startTree, type Delegation, type Tree } from './tree.ts';

/**
 * A member and unbound with one clock, which is set ahead hour by hour for weeks, while unbound asks: what it has cached, what it
 * has to ask for again, and what it never asked for. The other validators' memory allocators do not bear a faked clock.
 */
const absent = someAbsent([FAKETIME]);
const [HOUR, DAY] = [3600, 86_400];
const ORIGIN = 'rolled.test.';
/** Hosted here too; its tag has the member write its DS records into the zone above. */
const CHILD = 'sub.rolled.test.';
/** Rolls over its key-signing key by itself every month, and so does the child; its parent looks for CDS records. */
const AUTOMATIC = 'automatic.test.';
/** Signed once, for ten days: shows that unbound goes by the clock. */
const FIXED = 'fixed.test.';

let tree: Tree;
let clock: FakeClock;
let fixed: NameServer;
let member: Member;
let unbound: Resolver;
let zoneId: string;
let childId: string;
let childIsSecure = false;
let ds: string;
let automaticId: string;
let automaticDs: readonly string[];
let fixedDelegation: Delegation;
let hours = 0;

function client(): Route53Client {
  const made = member.client();
  made.config.systemClockOffset = clock.ahead * 1000;
  return made;
}

/** DS records of the zone. */
let delegated: readonly string[];

async function delegate(all: readonly string[]): Promise<void> {
  delegated = all;
  await tree.delegate([
    { origin: ORIGIN, servers: { [`ns.${ORIGIN}`]: ADDRESS.child }, ds: all },
    { origin: AUTOMATIC, servers: { [`ns.${AUTOMATIC}`]: ADDRESS.child }, ds: automaticDs },
    fixedDelegation,
  ]);
}

beforeAll(async () => {
  if (absent) return;
  clock = new FakeClock();
  tree = await startTree();
  const keys = makeKeys(FIXED);
  const text = `${apex(FIXED, `ns.${FIXED}`, 1)}ns.${FIXED} 60 A ${ADDRESS.elsewhere}\nwww.${FIXED} 60 A 192.0.2.1\n`;
  const signed = keys.sign(text, { from: -HOUR, until: 10 * DAY });
  fixed = await startNameServer('NSD', [ADDRESS.elsewhere], [{ origin: FIXED, text: signed }]);
  fixedDelegation = { origin: FIXED, servers: { [`ns.${FIXED}`]: ADDRESS.elsewhere }, ds: [keys.ds] };
  keys.discard();
  member = await startMember(undefined, {
    hosts: [ADDRESS.child],
    dnsPort: 53,
    settings: { ...clock.environment, WAYPOST_RESOLVERS: ADDRESS.unbound },
  });
  zoneId = await loadZone(
    client(),
    zoneOf(
      ORIGIN,
      `@ 300 SOA ns.${ORIGIN} hostmaster.test. 1 3600 600 86400 60
@ 300 NS ns.${ORIGIN}
ns 300 A ${ADDRESS.child}
short 60 A 192.0.2.1
hours 18000 A 192.0.2.2
days 172800 A 192.0.2.3
*.wild 60 A 192.0.2.4
sub 300 NS ns.${ORIGIN}`,
    ),
  );
  ds = await signZone(member, client(), zoneId);
  childId = await loadZone(
    client(),
    zoneOf(
      CHILD,
      `@ 300 SOA ns.${ORIGIN} hostmaster.test. 1 3600 600 86400 60\n@ 300 NS ns.${ORIGIN}\nwww 300 A 192.0.2.5`,
    ),
  );
  await signZone(member, client(), childId);
  await tagZone(client(), childId, 'waypost:parent-ds', 'active');
  await tagZone(client(), childId, 'waypost:ksk-rollover', '30');
  automaticId = await loadZone(
    client(),
    zoneOf(
      AUTOMATIC,
      `@ 300 SOA ns.${AUTOMATIC} hostmaster.test. 1 3600 600 86400 60
@ 300 NS ns.${AUTOMATIC}
ns 300 A ${ADDRESS.child}
www 300 A 192.0.2.6`,
    ),
  );
  automaticDs = [await signZone(member, client(), automaticId)];
  await tagZone(client(), automaticId, 'waypost:ksk-rollover', '30');
  await delegate([ds]);
  [unbound] = (await startResolvers(tree, { names: ['unbound'], environment: clock.timeOfDay })) as [Resolver];
});

afterAll(async () => {
  await unbound?.stop();
  await member?.stop();
  await fixed?.stop();
  await tree?.stop();
  clock?.discard();
});

/** Has the member look at the clock. No connection is kept for it: that would be idle for an hour. */
async function wake(url: string): Promise<void> {
  const [response] = (await once(get(`${url}/healthz`, { agent: false }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

/** An hour later: the member's steward has a turn, and unbound answers all kinds of questions. */
async function anHourLater(fine: readonly Verdict[] = ['SECURE']): Promise<void> {
  clock.advance(HOUR);
  hours += 1;
  await wake(member.url);
  const names = ['short', 'hours', 'days', `n${hours}.wild`, `gone${hours}`, ''].map(
    (name) => (name && `${name}.`) + ORIGIN,
  );
  const judged = await Promise.all(
    names.map(async (name) => ({ name, ...(await unbound.validator.ask({ name, type: TYPE.A })) })),
  );
  const faults = judged.filter(({ verdict }) => !fine.includes(verdict));
  const automatic = await unbound.validator.ask({ name: `www.${AUTOMATIC}`, type: TYPE.A });
  if (automatic.verdict !== 'SECURE') faults.push({ name: AUTOMATIC, ...automatic });
  const child = await unbound.validator.ask({ name: `www.${CHILD}`, type: TYPE.A });
  childIsSecure ||= child.verdict === 'SECURE';
  if (!(childIsSecure ? fine : ['INSECURE']).includes(child.verdict)) faults.push({ name: CHILD, ...child });
  expect(faults.map(({ name, verdict, why }) => `hour ${hours}: ${name} ${verdict} ${why}`)).toEqual([]);
}

/** The parent of the zone looks for CDS records, as it does every day, and does what they say (RFC 7344 §6). */
async function scan(): Promise<void> {
  const output = run('/usr/bin/dig', [`@${ADDRESS.child}`, '+norec', '+short', AUTOMATIC, 'CDS']);
  const wanted = output.split('\n').filter((line) => line !== '');
  if (wanted.length === 0 || wanted.join() === automaticDs.join()) return;
  automaticDs = wanted;
  await delegate(delegated);
}

/** Names of a zone's key-signing keys, with their status. */
async function keysOf(id: string): Promise<string> {
  const { KeySigningKeys = [] } = await client().send(new GetDNSSECCommand({ HostedZoneId: id }));
  return KeySigningKeys.map(({ Name, Status }) => `${Name} ${Status}`).join(', ');
}

/** A rollover takes four or five days. */
const DAYS_MAX = 40;

test.skipIf(absent)(
  'keys of both kinds roll over by themselves, and nothing is ever bogus',
  { timeout: 600_000 },
  async () => {
    const fixedAnswer = () => unbound.validator.ask({ name: `www.${FIXED}`, type: TYPE.A });
    expect((await fixedAnswer()).verdict).toBe('SECURE');
    const signers = new Set<number>();
    const published = new Set<number>();
    const rolled = async (): Promise<boolean> =>
      (await Promise.all([childId, automaticId].map(keysOf))).every((keys) => /^ksk_[0-9]+ ACTIVE$/.test(keys));
    for (let day = 0; day < 32 || (day < DAYS_MAX && !(await rolled())); day += 1) {
      for (let hour = 0; hour < 24; hour += 1) await anHourLater();
      await scan();
      const { signer, keys } = askDirectly(ADDRESS.child, ORIGIN);
      signers.add(signer);
      published.add(keys);
    }
    expect(signers.size).toBeGreaterThan(1);
    // One key of each kind, and meanwhile the next one beside them.
    expect(published).toEqual(new Set([2, 3]));
    const next = expect.stringMatching(/^ksk_[0-9]+ ACTIVE$/) as string;
    expect(await Promise.all([childId, automaticId].map(keysOf))).toEqual([next, next]);
    expect(childIsSecure, 'the DS record of a zone below comes by itself').toBe(true);
    expect((await fixedAnswer()).verdict).toBe('BOGUS');
  },
);

test.skipIf(absent)('a key-signing key is replaced through the API, and nothing is ever bogus', async () => {
  const second = await addKeySigningKey(member, client(), zoneId, 'second');
  await addKeySigningKey(member, client(), childId, 'second');
  await anHourLater();
  await anHourLater();
  await delegate([ds, second]);
  await anHourLater();
  await delegate([second]);
  await anHourLater();
  await anHourLater();
  const first = { HostedZoneId: zoneId, Name: 'first' };
  await client().send(new DeactivateKeySigningKeyCommand(first));
  await anHourLater();
  await client().send(new DeleteKeySigningKeyCommand(first));
  for (let hour = 0; hour < 72; hour += 1) await anHourLater();
});

test.skipIf(absent)('signing ends when the DS record is gone, and nothing is ever bogus', async () => {
  // What is cached longer than the DS record stays SECURE.
  const fine = ['SECURE', 'INSECURE'] as const;
  await delegate([]);
  await anHourLater(fine);
  await client().send(new DisableHostedZoneDNSSECCommand({ HostedZoneId: zoneId }));
  for (let hour = 0; hour < 5; hour += 1) await anHourLater(fine);
  expect((await unbound.validator.ask({ name: `new.wild.${ORIGIN}`, type: TYPE.A })).verdict).toBe('INSECURE');
  expect(askDirectly(ADDRESS.child, ORIGIN)).toEqual({ signer: Number.NaN, keys: 0 });
});
