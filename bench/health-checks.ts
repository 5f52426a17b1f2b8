import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateHealthCheckCommand } from '@aws-sdk/client-route-53';
import { startMember, type Member } from '../test/clients/member.ts';
import { freePort } from '../test/free-port.ts';
import { blackboxVersion, probeByBlackbox } from './health-checks/blackbox.ts';
import { cpuMilliseconds } from './process-cpu.ts';

/**
 * Many health checks of a whole member on one core: how late its probes begin, and what a check costs it, beside Debian's
 * prometheus-blackbox-exporter, which is asked at the same rate to probe the same endpoint. The endpoint, and what asks the exporter,
 * run on the other core. CPU is that of all of a process by the scheduler.
 *
 *   npm run bench health-checks [checks] [seconds]
 */
const CHECKS = Number(process.argv[2] ?? 10_000);
const SECONDS = Number(process.argv[3] ?? 60);
const INTERVAL_SECONDS = 10;
const LATENESS_BAR_SECONDS = 1;
const CPU = '0';
const OTHER_CPU = '1';
/** Requests that make checks, under way at once. */
const MAKING = 32;
const SETTLE_SECONDS = INTERVAL_SECONDS + 2;

interface Counted {
  readonly probes: number;
  readonly failed: number;
  /** Upper bound in seconds → probes that began no later. */
  readonly lateness: ReadonlyMap<number, number>;
}

async function counted({ url }: Member): Promise<Counted> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const valueOf = (name: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')[1] ?? 0,
    );
  const bucket = /waypost_health_probe_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)/g;
  const lateness = [...text.matchAll(bucket)].map(
    ([, bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), Number(count)] as const,
  );
  const results = ['passed', 'failed', 'inconclusive', 'skipped'].map((each) =>
    valueOf(`waypost_health_probes_total{result="${each}"}`),
  );
  const [passed = 0, ...others] = results;
  const failed = others.reduce((sum, each) => sum + each, 0);
  return { probes: passed + failed, failed, lateness: new Map(lateness) };
}

/** The smallest bound that so large a share of the probes between the two counts kept to. */
function latenessOf(before: Counted, after: Counted, share: number): number {
  const within = (bound: number): number => (after.lateness.get(bound) ?? 0) - (before.lateness.get(bound) ?? 0);
  const bounds = [...after.lateness.keys()];
  return bounds.find((bound) => within(bound) >= share * within(Infinity)) ?? Infinity;
}

async function makeChecks(member: Member, endpoint: number): Promise<void> {
  const client = member.client();
  let next = 0;
  const make = async (): Promise<void> => {
    for (let index = next++; index < CHECKS; index = next++) {
      const HealthCheckConfig = {
        Type: 'HTTP' as const,
        IPAddress: '127.0.0.1',
        Port: endpoint,
        ResourcePath: `/${index}`,
        RequestInterval: INTERVAL_SECONDS,
      };
      await client.send(new CreateHealthCheckCommand({ CallerReference: `${index}`, HealthCheckConfig }));
      if (process.stderr.isTTY && index % 100 === 0) process.stderr.write(`\r\u001B[Kmade ${index} checks`);
    }
  };
  await Promise.all(Array.from({ length: MAKING }, make));
  client.destroy();
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
}

async function startEndpoint(port: number): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./health-checks/endpoint.ts', import.meta.url));
  const command = ['-c', OTHER_CPU, process.execPath, file, String(port)];
  const child = spawn('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

async function byWaypost(directory: string, endpoint: number): Promise<number> {
  const settings = { WAYPOST_CHECKER_REGIONS: 'us-east-1', WAYPOST_UDP_WORKERS: '1', WAYPOST_TCP_WORKERS: '1' };
  const member = await startMember(join(directory, 'data'), { settings });
  try {
    spawnSync('taskset', ['-acp', CPU, String(member.processId)]);
    const idleBefore = cpuMilliseconds(member.processId);
    await seconds(2);
    const idle = (cpuMilliseconds(member.processId) - idleBefore) / 2;
    await makeChecks(member, endpoint);
    await seconds(SETTLE_SECONDS);
    const before = await counted(member);
    const cpuBefore = cpuMilliseconds(member.processId);
    await seconds(SECONDS);
    const cpu = cpuMilliseconds(member.processId) - cpuBefore;
    const after = await counted(member);
    const probes = after.probes - before.probes;
    const each = (cpu * 1000) / probes;
    const bounds = [0.5, 0.99, 0.999].map((share) => latenessOf(before, after, share));
    const verdict = (bounds[1] as number) < LATENESS_BAR_SECONDS ? 'passed' : 'missed';
    const mine = (after.failed - before.failed).toLocaleString('en');
    console.log(
      `Waypost: ${CHECKS} checks at ${INTERVAL_SECONDS} s, one core, ${SECONDS} s: ${probes} probes, ${mine} failed or skipped`,
    );
    console.log(
      `  begun late by at most ${bounds.map((bound) => `${bound} s`).join(', ')} (p50, p99, p99.9; bounds of a histogram)`,
    );
    console.log(`  bar: p99 < ${LATENESS_BAR_SECONDS} s: ${verdict}`);
    console.log(
      `  ${each.toFixed(0)} µs of CPU for each check, ${(cpu / SECONDS / 10).toFixed(0)} % of the core (idle member ${(idle / 10).toFixed(1)} %)`,
    );
    return each;
  } finally {
    await member.stop();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const endpoint = await freePort();
const server = await startEndpoint(endpoint);
spawnSync('taskset', ['-acp', OTHER_CPU, String(process.pid)]);
try {
  const own = await byWaypost(directory, endpoint);
  const version = blackboxVersion();
  if (version === undefined) {
    console.log('prometheus-blackbox-exporter is not installed: left out.');
  } else {
    const probed = await probeByBlackbox(directory, CPU, endpoint, CHECKS, CHECKS / INTERVAL_SECONDS, SECONDS);
    console.log(`prometheus-blackbox-exporter ${version}: ${probed.probes} probes, ${probed.failed} failed`);
    console.log(
      `  ${probed.cpuMicroseconds.toFixed(0)} µs of CPU for each; Waypost by it ${(own / probed.cpuMicroseconds).toFixed(3)}`,
    );
  }
} finally {
  server.kill();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
