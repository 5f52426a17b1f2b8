import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, SILENCE } from '../conformance/ask.ts';
import { compareReplies } from '../conformance/differences.ts';
import { loadZone } from '../conformance/load-zone.ts';
import { questions } from '../conformance/questions.ts';
import { KNOT, NSD, startKnot, startNsd, type ReferenceServer } from '../conformance/reference-server.ts';
import { masterFile, ORIGIN, zoneLines } from '../conformance/tricky-zone.ts';
import { freePort, lacks, startMember, type Member } from './member.ts';

const absent = [lacks(NSD), lacks(KNOT)].includes(true);
/** Queries in flight at once: loopback buffers must hold all of their replies. */
const AT_ONCE = 16;
let [member, nsd, knot]: [Member?, ReferenceServer?, ReferenceServer?] = [];

beforeAll(async () => {
  if (absent) return;
  member = await startMember();
  const client = member.client();
  await loadZone(client, ORIGIN, zoneLines);
  client.destroy();
  nsd = await startNsd(ORIGIN, masterFile(), await freePort());
  knot = await startKnot(ORIGIN, masterFile(), await freePort());
});
afterAll(async () => {
  await Promise.all([nsd?.stop(), knot?.stop(), member?.stop()]);
});

test.skipIf(absent)('a tricky zone is answered as NSD or Knot answers it', async () => {
  const seed = Number(process.env['WAYPOST_SEED'] ?? Date.now() % 0x10000);
  const all = questions(seed);
  const [different, allowed]: [string[], string[]] = [[], []];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(
      all.slice(at, at + AT_ONCE).map(async (question) => {
        const ports = [member?.dnsPort, nsd?.port, knot?.port] as [number, number, number];
        const [ours = SILENCE, byNsd = SILENCE, byKnot = SILENCE] = await Promise.all(
          ports.map((port) => ask(port, question)),
        );
        if (ours === SILENCE || byNsd === SILENCE || byKnot === SILENCE) {
          different.push(`${question.name} ${question.type}: silence`);
          return;
        }
        const comparison = compareReplies(
          question,
          ours,
          new Map([
            ['NSD', byNsd],
            ['Knot', byKnot],
          ]),
        );
        different.push(...comparison.different);
        allowed.push(...comparison.allowed);
      }),
    );
  }
  const met = [...Map.groupBy(allowed, (name) => name)].map(([name, times]) => `${name}: ${times.length}`);
  console.log(`${all.length} questions, seed ${seed}; allowed differences: ${met.join(', ') || 'none'}`);
  expect(different.slice(0, 20), `${different.length} differences; WAYPOST_SEED=${seed}`).toEqual([]);
});
