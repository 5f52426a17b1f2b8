import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/free-port.ts';
import type { Expected, Recipe } from './generator/recipe.ts';
import { startGenerator, type Generator } from './generator/start.ts';
import { median, medianInterval } from './median.ts';
import { GENERATOR_CPU, measure, SERVER_CPU } from './peers/measure.ts';
import { startServer, type Server } from './peers/server.ts';
import { writeZoneFile } from './peers/zones.ts';
import { choosePeers } from './report-head.ts';
import { fillCold } from './signed/fill-cold.ts';
import { ASKED, PLAIN_ZONE, SIGNED_ZONE, ZONES } from './signed/names.ts';
import { knotSigned, waypostSigned } from './signed/servers.ts';

/**
 * What signatures cost: an answer from a plan with and without them, and beside Knot, which signs the zone ahead; and an answer that is
 * signed for the first time, by what OpenSSL makes of signatures, beside a signature alone and an answer without. One UDP worker on
 * core 0, the generator on core 1, in turns, CPU by the scheduler. What a flood does is flood.ts's.
 *
 *   npm run bench signed [rounds] [milliseconds] [peers, none, or cold for what is signed first alone]
 */
const ROUNDS = Number(process.argv[2] ?? 24);
const MILLISECONDS = Number(process.argv[3] ?? 300);
const WARM_UP_MILLISECONDS = Math.max(2000, MILLISECONDS * 5);
const COLD_ROUNDS = 5;
const COLD_MILLISECONDS = '2000';
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

const answersOf = (answers: number): Expected => ({
  rcode: 0,
  authoritative: true,
  answers,
  authoritiesMin: 0,
  additionalsMin: 0,
  address: undefined,
});

function hosts(zone: string, dnssecOk: boolean): Recipe {
  const expect = answersOf(zone === SIGNED_ZONE && dnssecOk ? 2 : 1);
  return { name: `h#######.${zone}`, indexes: ASKED, order: 'random', edns: true, dnssecOk, expect };
}

const WARM: Recipe = hosts(SIGNED_ZONE, true);
const KINDS = [
  { name: 'unsigned zone, DO', recipe: hosts(PLAIN_ZONE, true) },
  { name: 'signed zone, no DO', recipe: hosts(SIGNED_ZONE, false) },
  { name: 'signed zone, DO', recipe: WARM },
] as const;

type Costs = ReadonlyMap<string, number[]>;

async function costs(generator: Generator, servers: readonly Server[]): Promise<Costs> {
  const found = new Map<string, number[]>();
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const server of servers) {
      for (const kind of KINDS) {
        // While names are signed for the first time some are told to come by TCP.
        const asked = round < 0 ? { ...kind, recipe: { ...kind.recipe, expect: 'anything' as const } } : kind;
        const run = await measure(generator, server, asked, round < 0 ? WARM_UP_MILLISECONDS : MILLISECONDS);
        const key = `${server.name}|${kind.name}`;
        if (round >= 0) found.set(key, [...(found.get(key) ?? []), run.cpuMicroseconds]);
      }
    }
  }
  return found;
}

function interval(ratios: readonly number[]): string {
  const [low, high] = medianInterval(ratios);
  return `${median(ratios).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

function costTable(found: Costs, servers: readonly Server[]): string[][] {
  const of = (server: string, kind: string): number[] => found.get(`${server}|${kind}`) ?? [];
  const by = (above: number[], below: number[]): string =>
    interval(above.map((each, round) => each / (below[round] as number)));
  return servers.flatMap(({ name }) =>
    KINDS.map((kind) => {
      const own = of(name, kind.name);
      const beside = name === waypostSigned.name ? '' : by(of(waypostSigned.name, kind.name), own);
      return [name, kind.name, `${median(own).toFixed(2)} µs`, by(own, of(name, KINDS[0].name)), beside];
    }),
  );
}

/** What is signed for the first time, and OpenSSL's signatures, in turns, each in seconds of core 0. */
async function coldRows(directory: string): Promise<string[][]> {
  await fillCold(directory);
  const cold = fileURLToPath(new URL('./signed/cold.ts', import.meta.url));
  const perSecond = (what: string): number =>
    Number(output('taskset', '-c', SERVER_CPU, process.execPath, cold, directory, what, COLD_MILLISECONDS));
  const rounds = Array.from({ length: COLD_ROUNDS }, () => ({
    signatures: perSecond('signatures'),
    openssl: opensslSignatures(),
    answers: perSecond('answers'),
    unsigned: perSecond('unsigned'),
  }));
  const row = (name: string, of: (round: (typeof rounds)[number]) => number): string[] => [
    name,
    median(rounds.map(of)).toFixed(0),
    `${(1e6 / median(rounds.map(of))).toFixed(2)} µs`,
    interval(rounds.map((round) => of(round) / round.openssl)),
  ];
  return [
    row('`openssl speed ecdsap256`', ({ openssl }) => openssl),
    row('RRsets signed', ({ signatures }) => signatures),
    row('first answers, signed', ({ answers }) => answers),
    row('first answers, unsigned', ({ unsigned }) => unsigned),
  ];
}

/** The line is `256 bits ecdsa (nistp256)   0.0000s   0.0001s  41000.0  13000.0`. */
function opensslSignatures(): number {
  const text = output('taskset', '-c', SERVER_CPU, 'openssl', 'speed', '-seconds', '2', 'ecdsap256');
  return Number(/nistp256\)\s+\S+\s+\S+\s+([0-9.]+)/.exec(text)?.[1]);
}

function output(command: string, ...parameters: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const only = process.argv[4]?.toLowerCase().split(',') ?? [];
const coldOnly = only[0] === 'cold';
const { peers, head } = choosePeers([knotSigned], only, ROUNDS, MILLISECONDS);
const lines = [...head];
console.log(lines.join('\n'));
const say = (text: string): void => {
  lines.push(text, '');
  console.log(`${text}\n`);
};
const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const servers: Server[] = [];
const generator = startGenerator(GENERATOR_CPU);
try {
  const zoneFile = ({ name }: { name: string }): string => join(directory, name);
  if (!coldOnly) for (const zone of ZONES) await writeZoneFile(zone, zoneFile(zone));
  for (const peer of coldOnly ? [] : [waypostSigned, ...peers]) {
    const own = join(directory, peer.name.toLowerCase());
    mkdirSync(own);
    const setup = { directory: own, port: await freePort(), workers: 1, zones: ZONES, zoneFile };
    servers.push(await startServer(peer, setup, SERVER_CPU));
  }
  const header = ['', 'answers', 'CPU each', 'by unsigned with DO (90 % interval)', 'Waypost by it'];
  if (servers.length > 0) say(table(header, costTable(await costs(generator, servers), servers)));
  for (const server of servers.splice(0)) await server.stop();
  say(
    table(
      ['in one core of CPU', 'a second', 'each', 'by `openssl speed` (bar: ≥ 0.85)'],
      await coldRows(join(directory, 'cold')),
    ),
  );
} finally {
  generator.stop();
  for (const server of servers) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, 'signed.md'), lines.join('\n'));
console.log(`Written to ${RESULTS}signed.md.`);
process.exit();
