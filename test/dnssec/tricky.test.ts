import { ChangeResourceRecordSetsCommand, waitUntilResourceRecordSetsChanged } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { Connection } from '../conformance/connection.ts';
import { writeQuery } from '../conformance/query.ts';
import { checkSection, documented, table, versionOf } from '../conformance/document.ts';
import { readReply, SILENCE, type Reply } from '../conformance/reply.ts';
import { Random } from '../fuzz/random.ts';
import { eventually } from '../eventually.ts';
import { delegateAll, startKnotChild, type Child } from './child.ts';
import { DELV, openDelv, type Delv } from './delv.ts';
import { assess, DNSVIZ } from './dnsviz.ts';
import { isExcused } from './excuses.ts';
import { BROKEN, HOSTED, INSECURE, OTHER, PLAIN_ELSEWHERE, SIGNED_ELSEWHERE, TRICKY } from './hosted-zones.ts';
import { inParallel } from './in-parallel.ts';
import { describe as lineOf, faultsOf } from './judge.ts';
import type { NameServer } from './name-server.ts';
import { besideAndBelow, everyType, namesOf, nonNames, TYPES } from './questions.ts';
import { RESOLVER_NAMES, RESOLVERS, type Resolver, type ResolverName } from './resolver.ts';
import { addRoutedSets } from './routed-sets.ts';
import { tagZone } from './sign-zone.ts';
import { ADDRESS, someAbsent, startResolvers, startTree, type Tree, type ValidatorOptions } from './tree.ts';
import type { Question, Verdict } from './validator.ts';
import { startWaypostChild, type WaypostChild } from './waypost-child.ts';

/**
 * A member signs the tricky zone and others; four validating resolvers and delv ask for everything that is there, and much that is not.
 * `WAYPOST_CHILD=Knot` has Knot in the member's place, which tells what is wrong with whom.
 */
const absent = someAbsent([DELV, DNSVIZ]);
const seed = Number(process.env['WAYPOST_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const SHOWN_MAX = 40;
const QUERIES_AT_ONCE = 32;
/** Each takes some hundredths of a second to be loaded, and then waits for answers, one after the other. */
const COMMANDS_AT_ONCE = 8;

const DNSVIZ_PREFIXES = ['', 'www.', 'gone.', 'any.wild.', 'ent.', 'cother.', 'signed.child.', 'ds.wild.', 'weighted.'];
/** Whom delv has fetch for it: what that one cannot find out, delv cannot judge. Unbound would hide names from it that BIND finds. */
const DELV_BY = 'BIND';

/** The steward looks every minute. */
const TAGS_SECONDS_MAX = 240;

let tree: Tree;
let child: Child;
/** The child, unless it is another. */
let waypost: WaypostChild | undefined;
let elsewhere: NameServer;
let resolvers: readonly Resolver[];
let delv: Delv;
let plain: Connection;
let routed: readonly string[];

beforeAll(async () => {
  if (absent) return;
  tree = await startTree();
  waypost = process.env['WAYPOST_CHILD'] === 'Knot' ? undefined : await startWaypostChild();
  child = waypost ?? (await startKnotChild());
  elsewhere = await delegateAll(tree, child);
  routed = waypost === undefined ? [] : await addRoutedSets(waypost.client, waypost.zoneIds.get(TRICKY) as string);
  plain = await Connection.open(53, ADDRESS.child);
  resolvers = await startAll();
  delv = openDelv(ADDRESS[DELV_BY], tree.anchor);
});

/**
 * All resolvers, each with every zone's keys: knot-resolver mistakes a zone's signatures for those of the zone above when it is asked for
 * many names of a zone at once that it comes to for the first time.
 */
async function startAll(options: ValidatorOptions = {}): Promise<readonly Resolver[]> {
  const started = await startResolvers(tree, options);
  const origins = [...HOSTED.map(({ origin }) => origin), ...SIGNED_ELSEWHERE, ...PLAIN_ELSEWHERE];
  await Promise.all(
    started.map(async ({ validator }) => {
      for (const name of origins) await validator.ask({ name, type: TYPE.SOA });
    }),
  );
  return started;
}

afterAll(async () => {
  delv?.close();
  plain?.close();
  await Promise.all([...(resolvers ?? []), elsewhere, child].map((each) => each?.stop()));
  await tree?.stop();
});

const random = new Random(seed);
const names = namesOf(HOSTED);
const nobodys = nonNames(names, 1000, random);
const QUESTIONS = {
  'every name with every type': everyType(names),
  'names beside and below them, and wildcards': besideAndBelow(names, random),
  'a thousand non-names': nobodys,
};
const IN_SMALL_PIECES = [
  ...everyType(HOSTED.map(({ origin }) => origin)),
  ...everyType(
    names.filter((name) => /^(big|middle|large|strings|many|plenty|mxmany|cbig|wide|longtxt|ns0)\b/.test(name)),
  ),
  ...names.map((name) => ({ name, type: TYPE.A })),
  ...nobodys.slice(0, 100),
];

/** What the member says without DNSSEC. */
async function plainly(question: Question): Promise<Reply> {
  const octets = await plain.exchange(writeQuery({ ...question, flags: 0, edns: undefined, transport: 'tcp' }), 'tcp');
  if (octets === SILENCE) throw new Error(`${lineOf(question)}: silence`);
  return readReply(octets);
}

async function expectNoFaults(name: ResolverName, questions: readonly Question[]): Promise<void> {
  const { validator } = resolvers.find((resolver) => resolver.name === name) as Resolver;
  const faults: string[] = [];
  await inParallel(questions, QUERIES_AT_ONCE, async (question) => {
    const [judged, direct] = await Promise.all([validator.ask(question), plainly(question)]);
    if (isExcused(name, question)) return;
    for (const fault of faultsOf(question, judged, direct, INSECURE)) faults.push(`${lineOf(question)}: ${fault}`);
  });
  expect(faults.slice(0, SHOWN_MAX), `${faults.length} of ${questions.length}; WAYPOST_SEED=${seed}`).toEqual([]);
}

describe.skipIf(absent).each(Object.entries(QUESTIONS))('%s', (_, questions) => {
  test.each(RESOLVER_NAMES)('%s', (name) => expectNoFaults(name, questions));
});

test.skipIf(absent)('a tag has CDS and CDNSKEY published', async () => {
  if (waypost === undefined) return;
  for (const { origin, signed } of HOSTED)
    if (signed) await tagZone(waypost.client, waypost.zoneIds.get(origin) as string, 'waypost:cds', 'active');
});

test.skipIf(absent)('delv: every name, and a thousand that are none', { timeout: 1_200_000 }, async () => {
  const questions = [...names.map((name) => ({ name, type: TYPE.A })), ...nobodys];
  const faults: string[] = [];
  await inParallel(questions, COMMANDS_AT_ONCE, async (question) => {
    const { verdict, said } = await delv.ask(question);
    if (isExcused(DELV_BY, question)) return;
    const isFine = verdict === 'SECURE' || (verdict === 'INSECURE' && leadsOut(said));
    if (!isFine) faults.push(`${lineOf(question)}: ${verdict}: ${said}`);
  });
  expect(faults.slice(0, SHOWN_MAX), `${faults.length} of ${questions.length}; WAYPOST_SEED=${seed}`).toEqual([]);
});

/** What delv found without signatures is below a delegation without DS. */
function leadsOut(said: string): boolean {
  return INSECURE.some((origin) => said.toLowerCase().includes(origin));
}

describe.skipIf(absent)('sets that routing chooses from, and aliases', () => {
  test.each(RESOLVER_NAMES)('%s', async (name) => {
    const { validator } = resolvers.find((resolver) => resolver.name === name) as Resolver;
    for (const owner of routed) {
      const seen = new Set<string>();
      for (let n = 0; n < 20; n += 1) {
        const { verdict, reply, why } = await validator.ask({ name: owner, type: TYPE.A });
        expect(`${owner} ${verdict} ${why}`).toBe(`${owner} SECURE `);
        seen.add((reply?.answer ?? []).join());
      }
      expect([...seen], owner).not.toContain('');
      // Its cache keeps nothing of TTL 0.
      if (name === 'unbound' && owner.startsWith('weighted.')) expect(seen.size).toBeGreaterThan(1);
    }
  });
});

test.skipIf(absent)('what has changed is answered with signatures of its own', async () => {
  if (waypost === undefined) return;
  const HostedZoneId = waypost.zoneIds.get(TRICKY);
  const name = `changing.${TRICKY}`;
  for (let n = 1; n <= 10; n += 1) {
    const ResourceRecordSet = { Name: name, Type: 'A' as const, TTL: 0, ResourceRecords: [{ Value: `192.0.2.${n}` }] };
    const ChangeBatch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet }] };
    const { client } = waypost;
    const { ChangeInfo } = await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
    // Each worker takes it over in its time.
    const waiting = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
    await waitUntilResourceRecordSetsChanged(waiting, { Id: ChangeInfo?.Id });
    const { verdict, reply, why } = await (resolvers[0] as Resolver).validator.ask({ name, type: TYPE.A });
    expect(`${verdict} ${reply?.answer.join()} ${why}`).toBe(`SECURE ${name} 0 A 192.0.2.${n} `);
  }
});

test.skipIf(absent)('a zone that the member signs is bogus where its DS record is none of its keys', async () => {
  for (const name of ['www', 'gone'].map((label) => `${label}.${BROKEN.origin}`)) {
    const question = { name, type: TYPE.A };
    const verdicts = await Promise.all(
      resolvers.map(async ({ name: by, validator }): Promise<[string, Verdict]> => [
        by,
        (await validator.ask(question)).verdict,
      ]),
    );
    verdicts.push(['delv', (await delv.ask(question, true)).verdict]);
    expect(verdicts, name).toEqual([...RESOLVER_NAMES, 'delv'].map((by) => [by, 'BOGUS']));
  }
});

test.skipIf(absent)('dnsviz finds no errors and nothing to warn of', () => {
  const { faults, delegations } = assess(DNSVIZ_PREFIXES.map((prefix) => prefix + TRICKY));
  expect(faults).toEqual([]);
  expect(delegations).toMatchObject({
    'test.': 'SECURE',
    [TRICKY]: 'SECURE',
    'child.tricky.test.': 'SECURE',
    'signed.child.tricky.test.': 'SECURE',
    'ds.wild.tricky.test.': 'SECURE',
    'other.test.': 'SECURE',
  });
});

describe.skipIf(absent)('with 512 octets by UDP, and CDS and CDNSKEY at the apexes', () => {
  beforeAll(async () => {
    await Promise.all(resolvers.map((resolver) => resolver.stop()));
    if (waypost !== undefined) {
      const published = () => plainly({ name: OTHER, type: TYPE.CDNSKEY });
      await eventually('CDNSKEY is published', published, ({ answer }) => answer.length > 0, TAGS_SECONDS_MAX);
    }
    resolvers = await startAll({ udpBytes: 512 });
  });
  test.each(RESOLVER_NAMES)('%s', (name) => expectNoFaults(name, IN_SMALL_PIECES));
});

test.skipIf(absent)('docs/conformance.md says who found what', () => {
  const programs = RESOLVER_NAMES.map((name) => `${name} ${versionOf(RESOLVERS[name].path, RESOLVERS[name].version)}`);
  const others = [`delv ${versionOf(DELV, ['-v'])}`, `dnsviz ${versionOf('/usr/bin/dpkg-query', ['-W', 'dnsviz'])}`];
  if (process.env['WAYPOST_WRITE'] !== '1' && ![...programs, ...others].every(documented)) {
    console.log(
      `docs/conformance.md is about other versions than ${[...programs, ...others].join(', ')}: not compared`,
    );
    return;
  }
  const [[, every], [, beside], [, none]] = Object.entries(QUESTIONS) as [
    [string, Question[]],
    [string, Question[]],
    [string, Question[]],
  ];
  const asked = [
    `${every.length} of ${names.length} names with ${TYPES.length} types`,
    `${beside.length} beside and below`,
    `${none.length} non-names`,
    `${IN_SMALL_PIECES.length} with 512 octets`,
  ];
  const rows = programs.map((program) => [program, asked.join(', '), 'as it should be']);
  rows.push([
    others[0] as string,
    `${names.length} names, ${nobodys.length} non-names`,
    'fully validated, or unsigned below delegations without DS',
  ]);
  rows.push([
    others[1] as string,
    `${DNSVIZ_PREFIXES.length} names and all zones above them`,
    'no errors, no warnings',
  ]);
  checkSection('validators', table(['validator', 'asked', 'found'], rows));
});
