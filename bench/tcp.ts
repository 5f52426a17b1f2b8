import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/free-port.ts';
import type { StreamLoad, StreamOutcome } from './generator/streams.ts';
import { median, medianInterval } from './median.ts';
import { knot } from './peers/knot.ts';
import { nsd } from './peers/nsd.ts';
import { startServer, type Server } from './peers/server.ts';
import { waypost } from './peers/waypost.ts';
import { WORKLOADS } from './peers/workloads.ts';
import { SMALL_ZONES, writeZoneFile, type BenchZone } from './peers/zones.ts';

/**
 * TCP beside NSD and Knot: all serve the same zone from core 0 with one TCP worker, the generator is on core 1 and asks one of them at
 * a time, in turns. Told are the rate, and the CPU time of all of a server's threads per answer: ratios are taken within a round, and
 * their median has its 90 % interval behind it. On a machine whose two cores are busy with other things the rates are theirs, too.
 *
 *   npm run bench tcp [rounds] [milliseconds]        needs: taskset, nsd, knotd
 */
const ROUNDS = Number(process.argv[2] ?? 30);
const MILLISECONDS = Number(process.argv[3] ?? 1000);
const WARM_UP_MILLISECONDS = 2000;
const CONNECTIONS = 8;

interface Shape {
  readonly what: string;
  readonly queriesPerConnection: number;
  readonly kept: boolean;
  /** The least that Waypost's rate may be by NSD's. */
  readonly bar: number | undefined;
}

const SHAPES: readonly Shape[] = [
  { what: '100 pipelined queries a connection', queriesPerConnection: 100, kept: false, bar: 1 },
  { what: '1 query a connection', queriesPerConnection: 1, kept: false, bar: 0.6 },
  { what: '1 query at a time on kept connections', queriesPerConnection: 1, kept: true, bar: undefined },
];

interface Run extends StreamOutcome {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

const file = fileURLToPath(new URL('./generator/streams.ts', import.meta.url));
const generator = spawn('taskset', ['-c', '1', process.execPath, file], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});

async function measure(server: Server, shape: Shape, milliseconds: number): Promise<Run> {
  const { recipe } = WORKLOADS[0] as (typeof WORKLOADS)[number];
  const { queriesPerConnection, kept } = shape;
  const load = { port: server.port, recipe, milliseconds, connections: CONNECTIONS, queriesPerConnection, kept };
  const before = server.cpuMilliseconds();
  generator.send(load satisfies StreamLoad);
  const [outcome] = (await once(generator, 'message')) as [StreamOutcome];
  if (outcome.wrong > 0 || outcome.answered === 0) throw new Error(`${server.name}: ${JSON.stringify(outcome)}`);
  const cpuMicroseconds = ((server.cpuMilliseconds() - before) * 1000) / outcome.answered;
  return { ...outcome, perSecond: outcome.answered / outcome.seconds, cpuMicroseconds };
}

function tell(shape: Shape, runs: ReadonlyMap<string, readonly Run[]>): void {
  const own = runs.get(waypost.name) ?? [];
  const header = ['', 'answers/s', 'CPU per answer', 'generator', 'lost', 'rate by it', 'CPU by it'];
  console.log(`### ${shape.what}\n\n| ${header.join(' | ')} |\n|${header.map(() => '---').join('|')}|`);
  for (const [name, all] of runs) {
    const of = (pick: (run: Run) => number): number => median(all.map(pick));
    const ratio = (pick: (run: Run) => number): string => {
      if (name === waypost.name) return '';
      const ratios = own.map((run, round) => pick(run) / pick(all[round] as Run));
      const [low, high] = medianInterval(ratios);
      return `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
    };
    const cells = [
      name,
      Math.round(of((run) => run.perSecond)).toLocaleString('en'),
      `${of((run) => run.cpuMicroseconds).toFixed(2)} µs`,
      `${Math.round(of((run) => run.busy) * 100)} %`,
      String(all.reduce((sum, run) => sum + run.lost, 0)),
      ratio((run) => run.perSecond),
      ratio((run) => run.cpuMicroseconds),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  if (shape.bar !== undefined) console.log(`\nBar: a rate of at least ${shape.bar.toFixed(2)} × NSD's.`);
  console.log('');
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const zones = SMALL_ZONES.slice(0, 1);
const zoneFile = (zone: BenchZone): string => join(directory, zone.name);
const servers: Server[] = [];
try {
  for (const zone of zones) await writeZoneFile(zone, zoneFile(zone));
  for (const peer of [waypost, nsd, knot]) {
    if (peer.version() === undefined) {
      console.log(`left out, not installed: ${peer.name}`);
      continue;
    }
    const own = join(directory, peer.name.toLowerCase());
    mkdirSync(own);
    servers.push(await startServer(peer, { directory: own, port: await freePort(), workers: 1, zones, zoneFile }, '0'));
  }
  console.log(`${ROUNDS} rounds of ${MILLISECONDS} ms, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
  for (const shape of SHAPES) {
    const runs = new Map<string, Run[]>(servers.map((server) => [server.name, []]));
    for (const server of servers) await measure(server, shape, WARM_UP_MILLISECONDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = round % servers.length;
      for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
        runs.get(server.name)?.push(await measure(server, shape, MILLISECONDS));
      }
    }
    tell(shape, runs);
  }
} finally {
  generator.disconnect();
  for (const server of servers) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
