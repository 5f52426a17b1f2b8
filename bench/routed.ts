import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/free-port.ts';
import type { Expected, Recipe } from './generator/recipe.ts';
import { startGenerator } from './generator/start.ts';
import { median, medianInterval } from './median.ts';
import { GENERATOR_CPU, measure, SERVER_CPU, type Run } from './peers/measure.ts';
import { startServer, type Peer, type Server } from './peers/server.ts';
import { writeZoneFile } from './peers/zones.ts';
import { choosePeers } from './report-head.ts';
import { gdnsdRouted } from './routed/gdnsd.ts';
import { NAMES, nameOf, SIMPLE, ZONE } from './routed/names.ts';
import { powerDnsRouted } from './routed/powerdns.ts';
import { waypostRouted } from './routed/waypost.ts';

/**
 * What an answer costs that routing chooses, by what a simple one costs the same server in the same round, and beside gdnsd's plugins
 * and PowerDNS's Lua records. As in peers.ts: one UDP worker on core 0, the generator on core 1, in turns, CPU by the scheduler.
 *
 *   npm run bench routed [rounds] [milliseconds] [peers, or none]
 */
const ROUNDS = Number(process.argv[2] ?? 24);
const MILLISECONDS = Number(process.argv[3] ?? 300);
const WARM_UP_MILLISECONDS = Math.min(1500, MILLISECONDS * 5);
/** Client networks: many resolvers' worth, few enough that all servers know them after the warm-up. */
const SUBNETS = 1000;
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

const ONE: Expected = {
  rcode: 0,
  authoritative: true,
  answers: 1,
  authoritiesMin: 0,
  additionalsMin: 0,
  address: undefined,
};

function recipe(kind: 's' | 'w' | 'f' | 'g', more: Partial<Recipe> = {}): Recipe {
  const name = `${nameOf(kind, 0).replaceAll('0', '#')}.${ZONE}`;
  return { name, indexes: NAMES, order: 'random', edns: false, expect: ONE, ...more };
}

interface Kind {
  readonly name: string;
  readonly recipe: Recipe;
  /** Of what a simple answer costs Waypost. */
  readonly bar?: number;
}

const SIMPLE_KIND: Kind = { name: 'simple', recipe: recipe('s') };
const KINDS: readonly Kind[] = [
  SIMPLE_KIND,
  { name: 'simple, with ECS', recipe: recipe('s', { edns: true, subnets: SUBNETS }) },
  { name: 'weighted + health', recipe: recipe('w'), bar: 1.15 },
  { name: 'failover + health', recipe: recipe('f'), bar: 1.15 },
  { name: 'ECS + geolocation + weighted + health', recipe: recipe('g', { edns: true, subnets: SUBNETS }), bar: 1.35 },
];

type Figures = ReadonlyMap<string, ReadonlyMap<string, Run[]>>;

function interval(ratios: readonly number[]): string {
  const [low, high] = medianInterval(ratios);
  return `${median(ratios).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

function costs(figures: Figures, server: string, kind: string): number[] {
  return (figures.get(server)?.get(kind) ?? []).map((run) => run.cpuMicroseconds);
}

function by(above: readonly number[], below: readonly number[]): number[] {
  return above.map((each, round) => each / (below[round] as number));
}

/** Lines of a table in Markdown. */
function tableOf(figures: Figures): string {
  const header = ['', 'kind', 'CPU per answer', 'by its simple answer (90 % interval)', 'bar', 'Waypost by it'];
  const rows = [...figures.keys()].flatMap((server) =>
    KINDS.map((kind) => {
      const own = costs(figures, server, kind.name);
      const ratios = by(own, costs(figures, server, SIMPLE_KIND.name));
      const verdict =
        kind.bar === undefined ? '' : `≤ ${kind.bar}: ${median(ratios) <= kind.bar ? 'passed' : 'missed'}`;
      const mine = server === waypostRouted.name;
      const beside = mine ? '' : interval(by(costs(figures, waypostRouted.name, kind.name), own));
      return [server, kind.name, `${median(own).toFixed(2)} µs`, interval(ratios), mine ? verdict : '', beside];
    }),
  );
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

async function compare(servers: readonly Server[]): Promise<Figures> {
  const figures = new Map(servers.map((each) => [each.name, new Map(KINDS.map(({ name }) => [name, [] as Run[]]))]));
  const generator = startGenerator(GENERATOR_CPU);
  try {
    for (let round = -1; round < ROUNDS; round += 1) {
      // The first round warms up. Then each server, and each kind, starts as often as the others.
      const milliseconds = round < 0 ? WARM_UP_MILLISECONDS : MILLISECONDS;
      for (const server of rotated(servers, round)) {
        for (const kind of rotated(KINDS, round)) {
          const run = await measure(generator, server, kind, milliseconds);
          if (round >= 0) figures.get(server.name)?.get(kind.name)?.push(run);
        }
      }
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[Kround ${round + 1} of ${ROUNDS}`);
    }
  } finally {
    generator.stop();
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  return figures;
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const first = Math.max(by, 0) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function withServers(peers: readonly Peer[], use: (servers: readonly Server[]) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
  const servers: Server[] = [];
  const zoneFile = (): string => join(directory, ZONE);
  try {
    await writeZoneFile(SIMPLE, zoneFile());
    for (const peer of peers) {
      const own = join(directory, peer.name.toLowerCase());
      mkdirSync(own);
      const setup = { directory: own, port: await freePort(), workers: 1, zones: [SIMPLE], zoneFile };
      servers.push(await startServer(peer, setup, SERVER_CPU));
    }
    await use(servers);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const only = process.argv[4]?.toLowerCase().split(',') ?? [];
const { peers, head } = choosePeers([gdnsdRouted, powerDnsRouted], only, ROUNDS, MILLISECONDS);
const lines = [...head];
console.log(lines.join('\n'));
await withServers([waypostRouted, ...peers], async (servers) => {
  lines.push(tableOf(await compare(servers)), '');
  console.log(lines.at(-2));
});
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, 'routed.md'), lines.join('\n'));
console.log(`Written to ${RESULTS}routed.md.`);
process.exit();
