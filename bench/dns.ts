import { once } from 'node:events';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './median.ts';

/**
 * What a simple UDP answer costs, beside Knot and NSD: each server pinned to core 0 with one UDP worker and the same zone,
 * dnsperf on core 1, one server at a time, in turns. CPU time is that of all threads (/proc/PID/stat), so idle helpers count.
 * Ratios are taken within a round and their median is told: a noisy machine disturbs a round, not the comparison.
 *
 *   npm run bench dns [rounds] [seconds]        needs: taskset, dnsperf, knotd, nsd
 */
const ROUNDS = Number(process.argv[2] ?? 10);
const SECONDS = Number(process.argv[3] ?? 3);
const NAMES = 10_000;
const QUERIES = 100_000;
/** Ticks of /proc/PID/stat; fixed at 100 in Linux's user interface. */
const TICKS_PER_SECOND = 100;
const START_MILLISECONDS = 20_000;

interface Server {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
}

interface Run {
  readonly perSecond: number;
  readonly microsecondsPerQuery: number;
  readonly lost: number;
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const run = promisify(execFile);

function writeInputs(): void {
  const hosts = Array.from({ length: NAMES }, (_, index) => `h${index} 300 IN A 192.0.2.1`);
  const soa = '@ 900 IN SOA ns1.waypost.test. hostmaster.waypost.test. 1 7200 900 1209600 86400';
  writeFileSync(
    join(directory, 'zone'),
    ['$ORIGIN example.com.', soa, '@ 172800 IN NS ns1.waypost.test.', ...hosts, ''].join('\n'),
  );
  // A stride that is prime to the number of names: every name, in no order that a cache would like.
  const queries = Array.from({ length: QUERIES }, (_, index) => `h${(index * 7919) % NAMES}.example.com A\n`);
  writeFileSync(join(directory, 'queries'), queries.join(''));
  mkdirSync(join(directory, 'knot'));
  writeFileSync(
    join(directory, 'knot.conf'),
    `server:
  rundir: ${directory}/knot
  listen: 127.0.0.1@5402
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${directory}/knot
zone:
  - domain: example.com
    file: ${directory}/zone
`,
  );
  writeFileSync(
    join(directory, 'nsd.conf'),
    `server:
  server-count: 1
  ip-address: 127.0.0.1@5403
  username: ""
  chroot: ""
  database: ""
  pidfile: ${directory}/nsd.pid
  xfrdfile: ${directory}/xfrd.state
  zonelistfile: ${directory}/zone.list
  xfrdir: ${directory}
remote-control:
  control-enable: no
zone:
  name: example.com
  zonefile: ${directory}/zone
`,
  );
}

function start(name: string, port: number, command: readonly string[]): Server {
  const child = spawn('taskset', ['-c', '0', ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
  return { name, port, process: child };
}

async function untilServing(server: Server): Promise<void> {
  for (const end = Date.now() + START_MILLISECONDS; Date.now() < end;) {
    const args = ['+short', '+tries=1', '+time=1', '@127.0.0.1', '-p', String(server.port), 'h9999.example.com'];
    const answer = await run('dig', args).catch(() => ({ stdout: '' }));
    if (answer.stdout.trim() === '192.0.2.1') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${server.name} does not serve`);
}

/** CPU time of a process and its children (NSD answers from one). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), own);
}

async function measure(server: Server): Promise<Run> {
  const pid = server.process.pid as number;
  const args = ['-c', '1', 'dnsperf', '-s', '127.0.0.1', '-p', String(server.port), '-d', join(directory, 'queries')];
  const before = cpuSeconds(pid);
  const { stdout } = await run('taskset', [...args, '-l', String(SECONDS), '-c', '8', '-q', '400']);
  const cpu = cpuSeconds(pid) - before;
  const number = (label: string): number => Number(new RegExp(`${label}:\\s+([0-9.]+)`).exec(stdout)?.[1]);
  const completed = number('Queries completed');
  return {
    perSecond: number('Queries per second'),
    microsecondsPerQuery: (cpu / completed) * 1e6,
    lost: number('Queries lost'),
  };
}

function report(runs: ReadonlyMap<string, readonly Run[]>): void {
  console.log(`${ROUNDS} rounds of ${SECONDS} s, ${NAMES} names, ${cpus()[0]?.model ?? 'unknown CPU'}`);
  const own = runs.get('waypost') ?? [];
  for (const [name, all] of runs) {
    const ratios = own.map((each, round) => each.microsecondsPerQuery / (all[round] as Run).microsecondsPerQuery);
    const cost = median(all.map((each) => each.microsecondsPerQuery)).toFixed(2);
    const rate = Math.round(median(all.map((each) => each.perSecond)));
    const lost = all.reduce((sum, each) => sum + each.lost, 0);
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    console.log(
      `${name}: ${cost} µs CPU/query, ${rate}/s, ${lost} lost; waypost/${name} ${median(ratios).toFixed(2)} (${spread})`,
    );
  }
}

writeInputs();
const member = new URL('./dns-member.ts', import.meta.url).pathname;
const servers = [
  start('waypost', 5401, [process.execPath, member, join(directory, 'waypost'), '5401', String(NAMES)]),
  start('knot', 5402, ['knotd', '-c', join(directory, 'knot.conf')]),
  start('nsd', 5403, ['nsd', '-d', '-c', join(directory, 'nsd.conf')]),
];
try {
  for (const server of servers) await untilServing(server);
  const runs = new Map<string, Run[]>(servers.map((server) => [server.name, []]));
  for (const server of servers) await measure(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of servers) runs.get(server.name)?.push(await measure(server));
  }
  report(runs);
} finally {
  for (const server of servers) server.process.kill();
  await Promise.all(servers.map(async (server) => server.process.exitCode ?? (await once(server.process, 'exit'))));
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
