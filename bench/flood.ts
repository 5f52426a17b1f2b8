import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/free-port.ts';
import type { Outcome } from './generator/generator.ts';
import type { Recipe } from './generator/recipe.ts';
import { startGenerator } from './generator/start.ts';
import { median, medianInterval } from './median.ts';
import { GENERATOR_CPU, SERVER_CPU, SOCKETS, WINDOW } from './peers/measure.ts';
import { startServer } from './peers/server.ts';
import { choosePeers } from './report-head.ts';
import { ASKED, SIGNED_ZONE, ZONES } from './signed/names.ts';
import { waypostSigned } from './signed/servers.ts';

/**
 * What a flood of names that do not exist does to others, in a signed zone: the latency of warm answers with signatures, alone, beside
 * as many other warm ones, and beside the flood. The flood comes from other addresses and asks on whether it is answered or not. One UDP
 * worker on core 0, the generator on core 1, kinds in turns; CPU by the scheduler, of all answers together.
 *
 *   npm run bench flood [rounds] [milliseconds]
 */
const ROUNDS = Number(process.argv[2] ?? 15);
const MILLISECONDS = Number(process.argv[3] ?? 1500);
const WARM_UP_MILLISECONDS = 3000;
/** Until a worker that is asked too much has seen it and given all their shares. */
const BEGINNING_MILLISECONDS = 700;
/** For the worker to see that it is over. */
const PAUSE_MILLISECONDS = 1200;
/** Warm queries of other clients. */
const PROBES_PER_SECOND = 2000;
const FLOOD_PER_SECOND = 100_000;
/** More than the generator can send. */
const ALL_IT_CAN = 2_000_000;
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

const WARM: Recipe = {
  name: `h#######.${SIGNED_ZONE}`,
  indexes: ASKED,
  order: 'random',
  edns: true,
  dnssecOk: true,
  expect: { rcode: 0, authoritative: true, answers: 2, authoritiesMin: 0, additionalsMin: 0, address: undefined },
};
const OTHERS: Recipe = { ...WARM, expect: 'anything' };
const FLOOD: Recipe = { ...OTHERS, name: `x????????.${SIGNED_ZONE}`, indexes: 1 };
const KINDS = [
  { name: 'alone', beside: OTHERS, besidePerSecond: 0 },
  { name: `beside ${FLOOD_PER_SECOND} warm queries a second`, beside: OTHERS, besidePerSecond: FLOOD_PER_SECOND },
  { name: `beside ${FLOOD_PER_SECOND} names that are not`, beside: FLOOD, besidePerSecond: FLOOD_PER_SECOND },
  { name: 'beside as many warm queries as can be sent', beside: OTHERS, besidePerSecond: ALL_IT_CAN },
  { name: 'beside as many names that are not as can be sent', beside: FLOOD, besidePerSecond: ALL_IT_CAN },
] as const;

interface Run extends Outcome {
  readonly besidePerSecond: { readonly sent: number; readonly answered: number };
  readonly cpuMicroseconds: number;
  readonly busy: number;
}

function row(name: string, runs: readonly Run[], alone: readonly Run[]): string[] {
  const of = (value: (run: Run) => number): number => median(runs.map(value));
  const ratios = runs.map(({ p99Microseconds }, round) => p99Microseconds / (alone[round] as Run).p99Microseconds);
  const [low, high] = medianInterval(ratios);
  const sent = runs.reduce((sum, run) => sum + run.sent, 0);
  const lost = runs.reduce((sum, run) => sum + run.lost, 0);
  // One name in some thousand has lost its place to eight others with its hash's upper bits: beyond the budget it is told to come by TCP.
  const notWhole = runs.reduce((sum, run) => sum + run.wrong, 0);
  return [
    name,
    `${of(({ p50Microseconds }) => p50Microseconds).toFixed(0)} µs`,
    `${of(({ p99Microseconds }) => p99Microseconds).toFixed(0)} µs`,
    `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    `${((100 * lost) / sent).toFixed(2)} %`,
    `${((100 * notWhole) / sent).toFixed(3)} %`,
    `${of(({ beginning }) => beginning?.p99Microseconds ?? 0).toFixed(0)} µs`,
    of(({ besidePerSecond }) => besidePerSecond.sent).toFixed(0),
    of(({ besidePerSecond }) => besidePerSecond.answered).toFixed(0),
    `${of(({ cpuMicroseconds }) => cpuMicroseconds).toFixed(2)} µs`,
    `${of(({ busy }) => busy * 100).toFixed(0)} %`,
  ];
}

const { head } = choosePeers([], [], ROUNDS, MILLISECONDS);
console.log(head.join('\n'));
const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const generator = startGenerator(GENERATOR_CPU);
const own = join(directory, 'waypost');
mkdirSync(own);
const setup = { directory: own, port: await freePort(), workers: 1, zones: ZONES, zoneFile: () => '' };
const server = await startServer(waypostSigned, setup, SERVER_CPU);
try {
  const load = { port: server.port, recipe: WARM, milliseconds: MILLISECONDS, sockets: SOCKETS, window: WINDOW };
  await generator.run({ ...load, recipe: OTHERS, milliseconds: WARM_UP_MILLISECONDS });
  const found = KINDS.map((): Run[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { beside, besidePerSecond }] of KINDS.entries()) {
      const before = server.cpuMilliseconds();
      const outcome = await generator.run({
        ...load,
        paced: { perSecond: PROBES_PER_SECOND, beside, besidePerSecond, beginningMilliseconds: BEGINNING_MILLISECONDS },
      });
      const cpu = server.cpuMilliseconds() - before;
      const seconds = outcome.seconds + BEGINNING_MILLISECONDS / 1000;
      const others = outcome.beside ?? { sent: 0, answered: 0 };
      const answered = outcome.answered + (outcome.beginning?.answered ?? 0) + others.answered;
      found[index]?.push({
        ...outcome,
        besidePerSecond: { sent: others.sent / seconds, answered: others.answered / seconds },
        cpuMicroseconds: (cpu * 1000) / answered,
        busy: cpu / 1000 / seconds,
      });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
  const header = [
    '2,000 warm',
    'p50',
    'p99',
    'p99 by alone',
    'lost',
    'not whole',
    'p99 at first',
    'others sent/s',
    'answered/s',
    'CPU each',
    'busy',
  ];
  const rows = KINDS.map(({ name }, index) => row(name, found[index] ?? [], found[0] ?? []));
  const table = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  console.log(table);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'flood.md'), [...head, table, ''].join('\n'));
} finally {
  generator.stop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
