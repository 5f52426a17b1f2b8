import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareReplies } from './compare.ts';
import type { Connection } from './connection.ts';
import { ALLOWED } from './differences.ts';
import { writeQuery, type Query } from './query.ts';
import { questions } from './questions.ts';
import { readReply, SILENCE, type Reply } from './reply.ts';
import { someAbsent, startServers, type Servers } from './servers.ts';

const absent = someAbsent();
/** Queries in flight at once: a socket's buffer must hold all of their replies, of up to some tens of kilobytes, while this process is held up. */
const AT_ONCE = 16;
/** Of what differs, so much is shown. */
const SHOWN_MAX = 40;
const seed = Number(process.env['WAYPOST_SEED'] ?? Math.floor(Date.now() / 86_400_000));

let servers: Servers | undefined;

beforeAll(async () => {
  if (!absent) servers = await startServers();
});
afterAll(async () => {
  await servers?.stop();
});

async function ask(connection: Connection, query: Query): Promise<Reply | typeof SILENCE> {
  const reply = await connection.exchange(writeQuery(query), query.transport);
  return reply === SILENCE ? SILENCE : readReply(reply);
}

async function differences(queries: readonly Query[]): Promise<{ different: string[]; allowed: string[] }> {
  const { ours, theirs } = servers as Servers;
  const [different, allowed]: [string[], string[]] = [[], []];
  const compare = async (query: Query): Promise<void> => {
    const [mine, ...others] = await Promise.all([ours, ...theirs.values()].map((each) => ask(each, query)));
    for (const [index, reference] of [...theirs.keys()].entries()) {
      const comparison = compareReplies(query, mine as Reply, others[index] as Reply, reference);
      different.push(...comparison.different);
      allowed.push(...comparison.allowed);
    }
  };
  const left = queries.values();
  const worker = async (): Promise<void> => {
    for (const query of left) await compare(query);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const met = [...Map.groupBy(allowed, (name) => name)].map(([name, times]) => `  ${name}: ${times.length}`);
  console.log(`${queries.length} queries, seed ${seed}; allowed differences:\n${met.toSorted().join('\n')}`);
  return { different, allowed };
}

test.skipIf(absent)('every name with every type is answered as NSD, Knot and BIND answer it', async () => {
  const { different, allowed } = await differences(questions(seed));
  expect(different.slice(0, SHOWN_MAX), `${different.length} differences; WAYPOST_SEED=${seed}`).toEqual([]);
  // What nobody differs in any more is no longer to be allowed.
  const unmet = ALLOWED.filter(({ name }) => !allowed.some((each) => each.startsWith(`${name}, `)));
  expect(unmet.map(({ name }) => name)).toEqual([]);
});
