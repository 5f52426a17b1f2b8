import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSection, documented, table, versionOf } from './document.ts';
import { oddPackets } from './odd-packets.ts';
import { outcomeOf } from './outcome.ts';
import { PEERS, PROGRAMS } from '../peers/programs.ts';
import { SILENCE } from './reply.ts';
import { someAbsent, startServers, type Servers } from './servers.ts';

const absent = someAbsent();
/** Silence has to be waited out: ours is expected, theirs is not known before. */
const OUR_SILENCE_MILLISECONDS = 1000;
/** Long enough for every answer on loopback, also on a busy machine. */
const THEIR_SILENCE_MILLISECONDS = 8000;

let servers: Servers | undefined;

beforeAll(async () => {
  if (!absent) servers = await startServers();
});
afterAll(async () => {
  await servers?.stop();
});

test.skipIf(absent)('each odd message is answered as its RFC says', async () => {
  const { ours } = servers as Servers;
  const outcomes = await Promise.all(
    oddPackets.map(async ({ name, packet, transport, ours: expected }) => {
      const patience = expected === SILENCE ? OUR_SILENCE_MILLISECONDS : undefined;
      const outcome = outcomeOf(await ours.exchange(packet, transport, patience));
      return [name, outcome];
    }),
  );
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(oddPackets.map((each) => [each.name, each.ours])));
});

test.skipIf(absent)('docs/conformance.md says what each server answers to odd messages', async () => {
  const connections = [...(servers as Servers).theirs.values()];
  const versions = PEERS.map((each) => `${each} ${versionOf(PROGRAMS[each].path, PROGRAMS[each].version)}`);
  const rows = await Promise.all(
    oddPackets.map(async ({ name, packet, transport, ours, why }) => {
      const answers = connections.map(async (each) =>
        outcomeOf(await each.exchange(packet, transport, THEIR_SILENCE_MILLISECONDS)),
      );
      return [name, ours, ...(await Promise.all(answers)), why];
    }),
  );
  const head = ['message', 'Waypost', ...versions, 'why'];
  if (process.env['WAYPOST_WRITE'] !== '1' && !documented(versions.join(' | '))) {
    console.log(`docs/conformance.md is about other versions than ${versions.join(', ')}: not compared`);
    return;
  }
  checkSection('odd messages', table(head, rows));
});
