import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../test/free-port.ts';
import { startGenerator, type Generator } from './generator/start.ts';
import { median, medianInterval } from './median.ts';
import { BESIDE, besideFlood } from './peers/beside.ts';
import { bind } from './peers/bind.ts';
import { gdnsd } from './peers/gdnsd.ts';
import { knot } from './peers/knot.ts';
import { GENERATOR_CPU, measure, SERVER_CPU, SOCKETS, WINDOW, type Run } from './peers/measure.ts';
import { nsd } from './peers/nsd.ts';
import { powerDnsLmdb } from './peers/powerdns-lmdb.ts';
import { startServer, type Peer, type Server } from './peers/server.ts';
import { waypost } from './peers/waypost.ts';
import { everyName, WORKLOADS, type Workload } from './peers/workloads.ts';
import { LARGE, LARGE_ZONES, SMALL_ZONES, writeZoneFile, type BenchZone } from './peers/zones.ts';
import { choosePeers } from './report-head.ts';

/**
 * What an answer by UDP costs, beside the name servers that are installed. All serve the same zones from core 0 with one UDP worker;
 * the generator, on core 1, keeps one of them busy at a time, in turns, and counts right answers only. CPU time is that of all of a
 * server's threads by the kernel's scheduler, so idle helpers count. A ratio is taken within a round, and what is told is the
 * median of all rounds with its interval: a noisy machine disturbs a round and not the comparison.
 *
 *   npm run bench:peers -- [--rounds 30] [--milliseconds 400] [--peers Knot,NSD] [workload …]
 */
const { values: options, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    milliseconds: { type: 'string', default: '400' },
    peers: { type: 'string', default: '' },
  },
  allowPositionals: true,
});
const ROUNDS = Number(options.rounds);
const MILLISECONDS = Number(options.milliseconds);
/** A server's caches and compilers settle before the first round. */
const WARM_UP_MILLISECONDS = 1500;
const EVERY_NAME_MILLISECONDS = 120_000;
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

interface Figures {
  readonly workload: Workload;
  readonly runs: ReadonlyMap<string, readonly Run[]>;
}

async function compare(generator: Generator, servers: readonly Server[], workload: Workload): Promise<Figures> {
  const runs = new Map<string, Run[]>(servers.map((server) => [server.name, []]));
  for (const server of servers) await measure(generator, server, workload, WARM_UP_MILLISECONDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each starts as often as the others, so that who came before does not matter.
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      runs.get(server.name)?.push(await measure(generator, server, workload, MILLISECONDS));
    }
    progress(`${workload.name}: round ${round + 1} of ${ROUNDS}`);
  }
  progress('');
  return { workload, runs };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

/** Lines of a table in Markdown. */
function tableOf({ workload, runs }: Figures): string {
  const own = runs.get(waypost.name) ?? [];
  const rows = [...runs].map(([name, all]) => {
    const of = (pick: (run: Run) => number): number => median(all.map(pick));
    const figures = [
      `${of((run) => run.cpuMicroseconds).toFixed(2)} µs`,
      Math.round(of((run) => run.answered / run.seconds)).toLocaleString('en'),
      `${Math.round(of((run) => run.busy) * 100)} %`,
      `${Math.round(of((run) => run.p99Microseconds)).toLocaleString('en')} µs`,
      String(all.reduce((sum, run) => sum + run.lost, 0)),
    ];
    if (name === waypost.name) return [name, ...figures, '', '', ''];
    const ratios = own.map((run, round) => run.cpuMicroseconds / (all[round] as Run).cpuMicroseconds);
    const [low, high] = medianInterval(ratios);
    const bar = workload.bars[name];
    const verdict = bar === undefined ? '' : median(ratios) <= bar ? 'passed' : 'missed';
    const interval = `${median(ratios).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
    return [name, ...figures, interval, bar === undefined ? '' : `≤ ${bar.toFixed(2)}`, verdict];
  });
  const header = ['', 'CPU per answer', 'answers/s', 'busy', 'p99', 'lost', 'Waypost by it (90 % interval)', 'bar', ''];
  return [
    `### ${workload.what} (${workload.name})`,
    '',
    ...[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

async function withServers(
  peers: readonly Peer[],
  zones: readonly BenchZone[],
  use: (servers: readonly Server[]) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
  const servers: Server[] = [];
  const zoneFile = (zone: BenchZone): string => join(directory, zone.name);
  try {
    for (const zone of zones) await writeZoneFile(zone, zoneFile(zone));
    for (const peer of peers) {
      progress(`starting ${peer.name}`);
      const own = join(directory, peer.name.toLowerCase());
      mkdirSync(own);
      const setup = { directory: own, port: await freePort(), workers: 1, zones, zoneFile };
      servers.push(await startServer(peer, setup, SERVER_CPU));
    }
    await use(servers);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Fills Waypost's plans: the first answer for each name, from the store. */
async function fill(generator: Generator, servers: readonly Server[]): Promise<string> {
  const server = servers.find((each) => each.name === waypost.name) as Server;
  progress('asking Waypost for each name once');
  const before = server.cpuMilliseconds();
  const { answered } = await generator.run({
    port: server.port,
    recipe: everyName,
    milliseconds: EVERY_NAME_MILLISECONDS,
    sockets: SOCKETS,
    window: WINDOW,
    answersMax: LARGE,
  });
  const each = ((server.cpuMilliseconds() - before) * 1000) / answered;
  const resident = servers.map((one) => `${one.name} ${Math.round(one.residentBytes() / 2 ** 20)} MiB`).join(', ');
  return `Each of ${answered} names asked for once costs Waypost ${each.toFixed(2)} µs. Resident: ${resident}.\n`;
}

const names = [...WORKLOADS.map((each) => each.name), BESIDE];
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`bench:peers: there is no workload ${unknown}; there are ${names.join(', ')}`);
  process.exit(2);
}
const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const only = options.peers === '' ? [] : options.peers.toLowerCase().split(',');
const { peers, head } = choosePeers([knot, nsd, gdnsd, bind, powerDnsLmdb], only, ROUNDS, MILLISECONDS);
const lines = [...head];
console.log(lines.join('\n'));

const figures: Figures[] = [];
const generator = startGenerator(GENERATOR_CPU);
try {
  for (const [kind, zones] of [['small', SMALL_ZONES] as const, ['large', LARGE_ZONES] as const]) {
    const workloads = WORKLOADS.filter((workload) => workload.zones === kind && isWanted(workload.name));
    const beside = kind === 'small' && isWanted(BESIDE);
    if (workloads.length === 0 && !beside) continue;
    await withServers([waypost, ...peers], zones, async (servers) => {
      const tell = (text: string): void => {
        lines.push(text);
        console.log(text);
      };
      if (kind === 'large') tell(await fill(generator, servers));
      for (const workload of workloads) {
        figures.push(await compare(generator, servers, workload));
        tell(tableOf(figures.at(-1) as Figures));
      }
      if (beside) tell(await besideFlood(generator, servers, ROUNDS, MILLISECONDS));
    });
  }
} finally {
  generator.stop();
}
mkdirSync(RESULTS, { recursive: true });
const runs = figures.map(({ workload, runs: all }) => ({ workload: workload.name, runs: Object.fromEntries(all) }));
writeFileSync(join(RESULTS, 'peers.json'), JSON.stringify(runs, undefined, 1));
writeFileSync(join(RESULTS, 'peers.md'), lines.join('\n'));
console.log(`Written to ${RESULTS}peers.md and peers.json.`);
process.exit();
