import { afterAll, beforeAll, expect, test } from 'vitest';
import { typeCode } from '../../src/core/dns/record-type.ts';
import { DELV, openDelv, type Delv } from './delv.ts';
import { startNameServer, type NameServer, type Zone } from './name-server.ts';
import type { Resolver } from './resolver.ts';
import { makeKeys, publishedDs, type ZoneKeys } from './signed-zone.ts';
import { ADDRESS, apex, someAbsent, startResolvers, startTree, type Delegation, type Tree } from './tree.ts';

/** What the validators say of good zones and of broken ones, made by Knot and by BIND's tools: then what they say of ours means something. */
const absent = someAbsent([DELV]);
const DAY = 86_400;

const ONLINE = 'online.test.';

const recordsOf = (origin: string, address: string = ADDRESS.child): string =>
  `${apex(origin, `ns.${origin}`, 1)}ns.${origin} 300 A ${address}
www.${origin} 300 A 192.0.2.1
www.${origin} 300 A 192.0.2.2
*.wild.${origin} 300 TXT "from the wildcard"
a.ent.${origin} 300 A 192.0.2.3
cname.${origin} 300 CNAME www.${origin}
`;

/** Each makes one child of `test.` from its keys: its zone, and the DS that its parent has. */
const CHILDREN: Readonly<Record<string, (keys: ZoneKeys) => { text: string; ds: readonly string[] }>> = {
  good: (keys) => ({ text: keys.sign(recordsOf(keys.origin)), ds: [keys.ds] }),
  unsigned: ({ origin }) => ({ text: recordsOf(origin), ds: [] }),
  undelegated: (keys) => ({ text: keys.sign(recordsOf(keys.origin)), ds: [] }),
  expired: (keys) => ({ text: keys.sign(recordsOf(keys.origin), { from: -3 * DAY, until: -2 * DAY }), ds: [keys.ds] }),
  early: (keys) => ({ text: keys.sign(recordsOf(keys.origin), { from: 2 * DAY, until: 9 * DAY }), ds: [keys.ds] }),
  stripped: (keys) => ({
    text: keys.sign(recordsOf(keys.origin)).replaceAll(/^www\..*\sRRSIG\s.*\n/gm, ''),
    ds: [keys.ds],
  }),
  altered: (keys) => ({
    text: keys.sign(recordsOf(keys.origin)).replace(/192\.0\.2\.1$/m, '192.0.2.66'),
    ds: [keys.ds],
  }),
  denied: (keys) => ({
    text: keys.sign(recordsOf(keys.origin)).replaceAll(/^.*\s(NSEC|RRSIG\s+NSEC)\s.*\n/gm, ''),
    ds: [keys.ds],
  }),
  'wrong-ds': (keys) => ({ text: keys.sign(recordsOf(keys.origin)), ds: [keys.ds.replace(/.{4}$/, '0000')] }),
  'signed-by-another': (keys) => {
    const other = makeKeys(keys.origin);
    const text = other.sign(recordsOf(keys.origin));
    other.discard();
    return { text, ds: [keys.ds] };
  },
};

let tree: Tree;
const servers: NameServer[] = [];
let resolvers: readonly Resolver[];
let delv: Delv;

beforeAll(async () => {
  if (absent) return;
  tree = await startTree();
  const [zones, delegations]: [Zone[], Delegation[]] = [[], []];
  for (const [name, make] of Object.entries(CHILDREN)) {
    const keys = makeKeys(`${name}.test.`);
    const { text, ds } = make(keys);
    keys.discard();
    zones.push({ origin: keys.origin, text });
    delegations.push({ origin: keys.origin, servers: { [`ns.${keys.origin}`]: ADDRESS.child }, ds });
  }
  servers.push(await startNameServer('NSD', [ADDRESS.child], zones));
  const online = { origin: ONLINE, text: recordsOf(ONLINE, ADDRESS.elsewhere), signedOnline: true };
  servers.push(await startNameServer('Knot', [ADDRESS.elsewhere], [online]));
  const ds = [publishedDs(ADDRESS.elsewhere, ONLINE)];
  await tree.delegate([...delegations, { origin: ONLINE, servers: { [`ns.${ONLINE}`]: ADDRESS.elsewhere }, ds }]);
  resolvers = await startResolvers(tree);
  delv = openDelv(ADDRESS.unbound, tree.anchor);
});

afterAll(async () => {
  delv?.close();
  await Promise.all([...(resolvers ?? []), ...servers].map((each) => each.stop()));
  await tree?.stop();
});

/** `QNAME QTYPE → VERDICT RCODE; who differs: …`; delv shows no rcode. */
test
  .skipIf(absent)
  .for([
    'www.good.test. A → SECURE NOERROR',
    'gone.good.test. A → SECURE NXDOMAIN',
    'www.good.test. MX → SECURE NOERROR',
    'ent.good.test. A → SECURE NOERROR',
    'q.wild.good.test. TXT → SECURE NOERROR',
    'cname.good.test. A → SECURE NOERROR',
    'www.online.test. A → SECURE NOERROR',
    'gone.online.test. A → SECURE NOERROR',
    'q.wild.online.test. TXT → SECURE NOERROR',
    'cname.online.test. A → SECURE NOERROR',
    'gone.test. A → SECURE NXDOMAIN',
    'www.unsigned.test. A → INSECURE NOERROR',
    'gone.unsigned.test. A → INSECURE NXDOMAIN',
    'unsigned.test. DS → SECURE NOERROR',
    'www.undelegated.test. A → INSECURE NOERROR',
    'www.expired.test. A → BOGUS SERVFAIL',
    'www.early.test. A → BOGUS SERVFAIL',
    'www.stripped.test. A → BOGUS SERVFAIL',
    'ns.stripped.test. A → SECURE NOERROR',
    'www.altered.test. A → BOGUS SERVFAIL',
    'ns.altered.test. A → SECURE NOERROR',
    'www.denied.test. A → SECURE NOERROR',
    'gone.denied.test. A → BOGUS SERVFAIL; pdns-recursor: FAILED SERVFAIL',
    'www.denied.test. MX → BOGUS SERVFAIL',
    'www.wrong-ds.test. A → BOGUS SERVFAIL',
    'www.signed-by-another.test. A → BOGUS SERVFAIL',
  ])('%s', async (line) => {
  const [asked, expected, exception] = line.split(/ → |; /) as [string, string, string?];
  const [name, type] = asked.split(' ') as [string, string];
  const question = { name, type: typeCode(type) as number };
  const opinions = await Promise.all(
    resolvers.map(async ({ validator }) => {
      const { verdict, reply, why } = await validator.ask(question);
      return { by: validator.name, says: `${verdict} ${reply?.rcode}`, why };
    }),
  );
  const { verdict, said } = await delv.ask(question, true);
  opinions.push({ by: 'delv', says: `${verdict} ${expected.split(' ')[1]}`, why: said });
  expect(
    opinions.map(({ by, says }) => `${by}: ${says}`),
    opinions.map(({ by, why }) => `${by}: ${why}`).join('\n'),
  ).toEqual(opinions.map(({ by }) => (exception?.startsWith(by) ? exception : `${by}: ${expected}`)));
});
