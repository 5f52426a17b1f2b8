import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/free-port.ts';
import type { Expected, Recipe } from './generator/recipe.ts';
import { startGenerator } from './generator/start.ts';
import { median, medianInterval } from './median.ts';
import { bundledMember } from './peers/bundled-member.ts';
import { startServer, type Peer } from './peers/server.ts';
import { waypost } from './peers/waypost.ts';
import { WORKLOADS } from './peers/workloads.ts';
import { SMALL_ZONES } from './peers/zones.ts';

/**
 * What of an answer's cost is the kernel's and the batch's, and what is the answer's: Waypost beside the same batches with no answer
 * made (peers/floor-member.ts).
 *
 *   npm run bench floor [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 30);
const WARM_UP_MILLISECONDS = 1500;
const MILLISECONDS = 400;
/** Enough under way that neither waits for the generator: half-empty batches cost more. Both have receive buffers for it. */
const WINDOW = 64;

const floor: Peer = {
  name: 'floor',
  version: () => process.version,
  configure: async ({ port }) => [
    process.execPath,
    await bundledMember(new URL('./peers/floor-member.ts', import.meta.url)),
    String(port),
  ],
};
const hits = WORKLOADS.find((workload) => workload.name === 'hits')?.recipe as Recipe;
const echoed: Recipe = {
  ...hits,
  expect: { ...(hits.expect as Expected), authoritative: false, answers: 0, address: undefined },
};

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const generator = startGenerator('1');
const targets = [];
try {
  for (const [peer, recipe] of [
    [waypost, hits],
    [floor, echoed],
  ] as const) {
    const own = join(directory, peer.name);
    mkdirSync(own);
    const setup = { directory: own, port: await freePort(), workers: 1, zones: SMALL_ZONES, zoneFile: () => '' };
    targets.push({ server: await startServer(peer, setup, '0'), recipe, costs: [] as number[], busy: [] as number[] });
  }
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { server, recipe, costs, busy } of targets) {
      const milliseconds = round < 0 ? WARM_UP_MILLISECONDS : MILLISECONDS;
      const before = server.cpuMilliseconds();
      const outcome = await generator.run({ port: server.port, recipe, milliseconds, sockets: 8, window: WINDOW });
      const cpu = server.cpuMilliseconds() - before;
      if (round < 0) continue;
      costs.push((cpu * 1000) / outcome.answered);
      busy.push(cpu / 10 / outcome.seconds);
    }
  }
  const [own, least] = targets.map(({ costs }) => costs) as [number[], number[]];
  const differences = own.map((cost, round) => cost - (least[round] as number));
  const [low, high] = medianInterval(differences);
  const shares = targets.map(({ busy }) => `${Math.round(median(busy))} %`);
  console.log(
    `Waypost: ${median(own).toFixed(2)} µs of CPU per answer, busy ${shares[0]}; batches alone: ${median(least).toFixed(2)} µs, busy ${shares[1]}`,
  );
  console.log(`an answer: ${median(differences).toFixed(2)} µs (90 % interval ${low.toFixed(2)}–${high.toFixed(2)})`);
} finally {
  generator.stop();
  for (const { server } of targets) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
