import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { startMember } from '../test/clients/member.ts';
import { freePort } from '../test/free-port.ts';
import { failoverPair, PRIMARY, SECONDARY } from '../test/members/failover-pair.ts';
import { openAsker, type Asker } from './failover/asker.ts';
import type { Told } from './failover/endpoints.ts';

/**
 * From an endpoint's end until DNS answers with the secondary, and back, with many pairs side by side. What is told is the time beyond
 * threshold × interval, and beyond a probe's timeout for endpoints that fall silent. A whole member with its defaults: three checkers.
 *
 *   npm run bench:failover [checks] [rounds]
 */
const CHECKS = Number(process.argv[2] ?? 100);
const ROUNDS = Number(process.argv[3] ?? 3);
const INTERVAL_SECONDS = 1;
const TIMEOUT_SECONDS = 1;
const THRESHOLD = 3;
const BAR_MILLISECONDS = 100;
/** Endpoints end at moments of their own, spread over this long. */
const SPREAD_MILLISECONDS = 5000;
const ZONE = 'failover.test';

interface Pair {
  readonly name: string;
  readonly port: number;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function makePairs(client: Route53Client, ports: readonly number[]): Promise<Pair[]> {
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: '1' }));
  const pairs: Pair[] = [];
  for (const port of ports) {
    const name = `f${pairs.length}.${ZONE}`;
    const { HealthCheck } = await client.send(
      new CreateHealthCheckCommand({
        CallerReference: name,
        HealthCheckConfig: {
          Type: 'HTTP',
          IPAddress: '127.0.0.1',
          Port: port,
          RequestInterval: 10,
          FailureThreshold: THRESHOLD,
        },
      }),
    );
    const AddTags = [
      { Key: 'waypost:interval', Value: String(INTERVAL_SECONDS) },
      { Key: 'waypost:timeout', Value: String(TIMEOUT_SECONDS) },
    ];
    const ResourceId = HealthCheck?.Id as string;
    await client.send(new ChangeTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId, AddTags }));
    const ChangeBatch = { Changes: failoverPair(name, 5, ResourceId) };
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }));
    pairs.push({ name, port });
  }
  return pairs;
}

/** Milliseconds from what happens to each pair until DNS shows it. */
async function seen(
  asker: Asker,
  pairs: readonly Pair[],
  address: string,
  happens: (pair: Pair) => void,
): Promise<number[]> {
  return Promise.all(
    pairs.map(async (pair) => {
      await pause(Math.random() * SPREAD_MILLISECONDS);
      const from = performance.now();
      happens(pair);
      return (await asker.until(pair.name, address)) - from;
    }),
  );
}

function tell(what: string, milliseconds: readonly number[], allowed: number): void {
  const beyond = milliseconds.map((each) => each - allowed).toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (beyond[Math.min(Math.floor(share * beyond.length), beyond.length - 1)] as number).toFixed(0);
  const worst = beyond.at(-1) as number;
  const verdict = worst <= BAR_MILLISECONDS ? 'passed' : 'missed';
  const cells = [
    what,
    String(beyond.length),
    `${allowed} ms`,
    ...[0, 0.5, 0.9, 0.99].map(at),
    worst.toFixed(0),
    verdict,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

async function startEndpoints(ports: readonly number[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./failover/endpoints.ts', import.meta.url)), ports.map(String));
  await once(child, 'message');
  return child;
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
mkdirSync(join(directory, 'data'));
const free = new Set<number>();
while (free.size < CHECKS) free.add(await freePort());
const ports = [...free];
const endpoints = await startEndpoints(ports);
const member = await startMember(join(directory, 'data'));
const asker = await openAsker(member.dnsPort);
try {
  const client = member.client();
  const pairs = await makePairs(client, ports);
  client.destroy();
  await Promise.all(pairs.map(({ name }) => asker.until(name, PRIMARY)));
  const send = (told: Told): void => void endpoints.send(told);
  const [killed, recovered, silent, back]: number[][] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Every check has had probes enough to be sure of what is, before what is changes.
    await pause((THRESHOLD + 1) * INTERVAL_SECONDS * 1000);
    killed?.push(...(await seen(asker, pairs, SECONDARY, ({ port }) => send({ port, up: false }))));
    await pause((THRESHOLD + 1) * INTERVAL_SECONDS * 1000);
    recovered?.push(...(await seen(asker, pairs, PRIMARY, ({ port }) => send({ port, up: true }))));
    await pause((THRESHOLD + 1) * INTERVAL_SECONDS * 1000);
    // All at one moment: a process has one state.
    endpoints.kill('SIGSTOP');
    const from = performance.now();
    silent?.push(...(await Promise.all(pairs.map(async ({ name }) => (await asker.until(name, SECONDARY)) - from))));
    endpoints.kill('SIGCONT');
    const until = performance.now();
    back?.push(...(await Promise.all(pairs.map(async ({ name }) => (await asker.until(name, PRIMARY)) - until))));
  }
  const limit = THRESHOLD * INTERVAL_SECONDS * 1000;
  console.log(
    `${CHECKS} checks side by side, ${ROUNDS} rounds: interval ${INTERVAL_SECONDS} s, threshold ${THRESHOLD}, timeout ${TIMEOUT_SECONDS} s.`,
  );
  console.log(`Milliseconds beyond what is allowed; the bar is ${BAR_MILLISECONDS} for the worst.\n`);
  console.log('| | times | allowed | least | p50 | p90 | p99 | worst | |\n|---|---|---|---|---|---|---|---|---|');
  tell('killed: connections refused', killed ?? [], limit);
  tell('started again', recovered ?? [], limit);
  tell('fell silent', silent ?? [], limit + TIMEOUT_SECONDS * 1000);
  tell('spoke again', back ?? [], limit + TIMEOUT_SECONDS * 1000);
} finally {
  asker.close();
  endpoints.kill('SIGKILL');
  await member.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
