import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { startMember, WAYPOST } from '../test/clients/member.ts';
import { freePort } from '../test/free-port.ts';
import { median } from './median.ts';
import { processMemory } from './process-memory.ts';
import { ask, firstAnswer } from './scale/ask.ts';
import { measureBeside } from './scale/beside.ts';
import { addressOf, PARENT, RECORD_SETS_PER_ZONE, zoneName } from './scale/many-zones.ts';

/**
 * Very many hosted zones in one store: how long until the first right answer, what memory they take, and whether changes and lists cost
 * more than with ten zones; NSD and Knot with the same data as zone files.
 *
 *   npm run bench scale [zones] [zones of NSD and Knot] [directory] [data directory]
 *
 * A data directory that bench/scale/fill.ts filled before is used as it is, and kept.
 *
 * A million zones need some 10 GB of disk, as many for the zone files, and half an hour; 20,000 a minute.
 */
const ZONES = Number(process.argv[2] ?? 20_000);
const PEERS_ZONES = Number(process.argv[3] ?? ZONES);
const directory = mkdtempSync(join(process.argv[4] ?? process.cwd(), 'bench-scale-'));
const FILLED = process.argv[5];
const FEW = 10;
const CHANGES = 200;
const QUERIES = 100_000;

async function milliseconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

async function fill(data: string, zones: number): Promise<void> {
  const started = performance.now();
  const file = fileURLToPath(new URL('./scale/fill.ts', import.meta.url));
  const child = spawn(process.execPath, [file, data, String(zones)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = performance.now();
  child.stdout.on('data', (text: Buffer) => {
    if (performance.now() - shown < 10_000) return;
    shown = performance.now();
    console.log(`  filled ${String(text).trim().split('\n').at(-1)} of ${zones} zones`);
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error('the store could not be filled');
  const seconds = (performance.now() - started) / 1000;
  const gigabytes = (statSync(join(data, 'waypost.mdb')).size / 2 ** 30).toFixed(2);
  const rate = Math.round(zones / seconds).toLocaleString('en-US');
  console.log(`filled ${zones.toLocaleString('en-US')} zones in ${seconds.toFixed(0)} s (${rate}/s), ${gigabytes} GiB`);
}

function memoryText(pid: number): string {
  const { own, mapped } = processMemory(pid);
  return `${own.toFixed(0)} MiB of its own, ${mapped.toFixed(0)} MiB mapped`;
}

async function measureStart(data: string, zones: number): Promise<void> {
  const seconds: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const [http, dns] = [await freePort(), await freePort()];
    const args = ['start', '--data', data, '--http', `127.0.0.1:${http}`, '--dns', `127.0.0.1:${dns}`];
    const since = performance.now();
    const child = spawn(WAYPOST, [...args, '--log-level', 'warn'], { stdio: ['ignore', 'ignore', 'inherit'] });
    seconds.push(await firstAnswer(dns, since, zones, () => child.exitCode !== null));
    child.kill();
    await once(child, 'exit');
  }
  console.log(
    `Waypost, from its start to the first right answer: ${seconds.map((each) => each.toFixed(2)).join(', ')} s`,
  );
}

async function measureMember(data: string, zones: number): Promise<void> {
  const member = await startMember(data, { settings: { WAYPOST_PLAN_CACHE_BYTES: String(256 * 2 ** 20) } });
  const client = member.client();
  console.log(`  after its start: ${memoryText(member.processId)}`);
  const picks = Array.from({ length: QUERIES }, (_, at) => (at * 7_368_787) % zones);
  const right = await ask(
    member.dnsPort,
    picks.map((zone) => `www.${zoneName(zone)}`),
    picks.map(addressOf),
  );
  console.log(`  ${right} of ${QUERIES} queries for all zones answered rightly; then: ${memoryText(member.processId)}`);
  await measureApi(client, zones);
  console.log(`  after changes and lists: ${memoryText(member.processId)}`);
  client.destroy();
  await member.stop();
}

async function measureApi(client: Route53Client, zones: number): Promise<void> {
  const times = async (name: string, count: number, action: (at: number) => Promise<unknown>): Promise<void> => {
    const each: number[] = [];
    for (let at = 0; at < count; at += 1) each.push(await milliseconds(() => action(at)));
    console.log(`  ${name}: median ${median(each).toFixed(2)} ms`);
  };
  const first = await client.send(new ListHostedZonesByNameCommand({ DNSName: zoneName(0), MaxItems: 1 }));
  const id = first.HostedZones?.[0]?.Id;
  await times('a change of one record set', CHANGES, (at) => {
    const ResourceRecordSet = {
      Name: `n${at}.${zoneName(0)}`,
      Type: 'A' as const,
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    return client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: id,
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      }),
    );
  });
  const stamp = Date.now();
  await times('a new hosted zone beside them', CHANGES, (at) =>
    client.send(new CreateHostedZoneCommand({ Name: `new${at}.${PARENT}`, CallerReference: `${stamp}-${at}` })),
  );
  for (const zone of [0, Math.floor(zones / 2)]) {
    const DNSName = zoneName(zone);
    await times(`ListHostedZonesByName from ${DNSName}`, 20, () =>
      client.send(new ListHostedZonesByNameCommand({ DNSName })),
    );
  }
  for (const marker of ['Z0', 'ZM']) {
    await times(`ListHostedZones from ${marker}`, 20, () =>
      client.send(new ListHostedZonesCommand({ Marker: marker })),
    );
  }
}

try {
  const data = FILLED ?? join(directory, 'data');
  if (FILLED === undefined) await fill(data, ZONES);
  await measureStart(data, ZONES);
  console.log(`With ${ZONES.toLocaleString('en-US')} zones of ${RECORD_SETS_PER_ZONE} record sets:`);
  await measureMember(data, ZONES);
  const few = join(directory, 'few');
  await fill(few, FEW);
  console.log(`With ${FEW} zones:`);
  await measureMember(few, FEW);
  if (FILLED === undefined) rmSync(data, { recursive: true });
  if (PEERS_ZONES > 0) await measureBeside(directory, PEERS_ZONES);
} finally {
  rmSync(directory, { recursive: true });
}
