import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type Change } from '@aws-sdk/client-route-53';
import { startMember, type Member } from '../clients/member.ts';
import type { AttackName } from './attacks.ts';
import type { Tally, Target } from './attacks/attack.ts';
import { LARGE, ZONE } from './attacks/packets.ts';
import { askHonestly, TRANSPORTS, type Experience } from './honest-clients.ts';
import { inside, runInside } from './network.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { residentOctets, watch, type Seen } from './watch.ts';

/**
 * Hostile load: a real member is attacked, each attack a process of its own, while honest clients ask it by UDP and TCP, at the
 * attacked address and at another one. Held to is what an operator is promised: every honest question is answered (at the third try,
 * as resolvers ask, at the latest), changes are accepted and served, memory stays bounded, the process and its workers live, and
 * what was turned away has been counted. Latencies are printed, not judged: they are of a machine that attackers and clients share.
 *
 *   npm run hostile [seconds] [scenario]
 */
const [secondsText, only] = process.argv.slice(2);
const SECONDS = Number(secondsText ?? 6);
/** The attacked one, and another. */
const HOSTS = ['127.0.0.1', '127.0.0.2'] as const;
const NAMES = 1000;
/** Of the member's settings, so that closing by time is seen in a short run. */
const SETTINGS = { WAYPOST_TCP_IDLE_SECONDS: '3', WAYPOST_PLAN_CACHE_BYTES: String(64 * 2 ** 20) };
/**
 * What attacks may add to the memory of a member that has its zone and was not asked yet: its plans and what it holds for streams, 64 MiB
 * each, and as much again that V8 and the allocator keep for later. It does not grow with the attack's time.
 */
const ADDED_OCTETS_MAX = 256 * 2 ** 20;
const CONNECTIONS_MAX = 10_000;
const HELD_OCTETS_MAX = 64 * 2 ** 20;
/** Attackers have machines of their own; here they get what the member and its clients leave. */
const ATTACKER_PRIORITY = 10;
/** A flood from everywhere that is faster than its address's workers leaves honest clients no greater a share than any other network. */
const UNANSWERED_AT_ATTACKED_MAX = 0.02;
const CHANGE_MILLISECONDS_MAX = 10_000;

interface Attacking {
  readonly inPlace: Promise<unknown>;
  readonly done: Promise<Tally>;
}

function attack(name: AttackName, target: Target): Attacking {
  const script = fileURLToPath(new URL('./attacker.ts', import.meta.url));
  const child = spawn(process.execPath, [script, name, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  setPriority(child.pid as number, ATTACKER_PRIORITY);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    inPlace: once(child.stdout, 'data'),
    done: once(child, 'close').then(() => JSON.parse(text.split('\n')[1] ?? '') as Tally),
  };
}

async function makeZone(member: Member): Promise<string> {
  const client = member.client();
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: '1' }));
  const create = (Name: string, Type: 'A' | 'TXT', ...values: string[]): Change => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name: `${Name}.${ZONE}`, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) },
  });
  const addresses = Array.from({ length: NAMES - 1 }, (_, index) => create(`n${index}`, 'A', '192.0.2.1'));
  const large = create(
    LARGE,
    'TXT',
    ...Array.from({ length: 16 }, (_, index) => `"${String(index).padEnd(250, 'x')}"`),
  );
  for (const Changes of [addresses, [large]])
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }));
  return HostedZone?.Id ?? '';
}

/** Milliseconds from asking for a change until both addresses answer with it. */
async function changeServed(member: Member, zoneId: string, label: string): Promise<number> {
  const started = performance.now();
  const Name = `${label}.${ZONE}`;
  const ResourceRecordSet = { Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
  const Changes: Change[] = [{ Action: 'CREATE', ResourceRecordSet }];
  await member.client().send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
  for (const host of HOSTS) {
    const server = { host, port: member.dnsPort };
    while ((await askHonestly('TCP, a connection each', server, Name, 1)).milliseconds.length === 0)
      if (performance.now() - started > CHANGE_MILLISECONDS_MAX) return Number.POSITIVE_INFINITY;
  }
  return performance.now() - started;
}

interface Course {
  readonly tallies: readonly Tally[];
  readonly met: readonly { readonly where: string; readonly attacked: boolean; readonly experience: Experience }[];
  readonly changeMilliseconds: number;
  readonly seen: Seen;
}

async function run(scenario: Scenario, member: Member, zoneId: string, index: number): Promise<Course> {
  const milliseconds = SECONDS * 1000;
  const port = member.dnsPort;
  const target = {
    host: HOSTS[0],
    port,
    milliseconds,
    perSecond: 0,
    names: NAMES - 1,
    oneNetwork: scenario.oneNetwork ?? false,
  };
  const watching = await watch(member);
  const attacking = scenario.attacks.map((name) => attack(name, target));
  await Promise.all(attacking.map((each) => each.inPlace));
  const asking = HOSTS.flatMap((host) =>
    TRANSPORTS.map(async (transport) => ({
      where: `${transport}, ${host === HOSTS[0] ? 'at the attacked address' : 'at another address'}`,
      attacked: host === HOSTS[0],
      experience: await askHonestly(transport, { host, port }, `n1.${ZONE}`, milliseconds),
    })),
  );
  await new Promise((resolve) => setTimeout(resolve, milliseconds / 2));
  const changeMilliseconds = await changeServed(member, zoneId, `change${index}`);
  const [tallies, met] = await Promise.all([Promise.all(attacking.map((each) => each.done)), Promise.all(asking)]);
  return { tallies, met, changeMilliseconds, seen: await watching.end() };
}

/** What was promised and not kept. */
function broken(
  scenario: Scenario,
  { tallies, met, changeMilliseconds, seen }: Course,
  restingOctets: number,
): string[] {
  const found: string[] = [];
  for (const [what, count] of tallies.flatMap(Object.entries<number>)) if (count === 0) found.push(`no ${what}`);
  for (const { where, attacked, experience } of met) {
    if (experience.asked === 0) found.push(`${where}: nothing was asked`);
    if (experience.unanswered > experience.asked * (attacked ? UNANSWERED_AT_ATTACKED_MAX : 0))
      found.push(`${where}: ${experience.unanswered} of ${experience.asked} unanswered`);
  }
  if (changeMilliseconds > CHANGE_MILLISECONDS_MAX) found.push('a change was not served in time');
  if (seen.residentOctets > restingOctets + ADDED_OCTETS_MAX)
    found.push(`${mebibytes(seen.residentOctets)} of memory, from ${mebibytes(restingOctets)}`);
  if (seen.connections > CONNECTIONS_MAX) found.push(`${seen.connections} connections`);
  if (seen.heldOctets > HELD_OCTETS_MAX) found.push(`${mebibytes(seen.heldOctets)} held for connections`);
  if (seen.grown('waypost_worker_restarts_total') !== 0) found.push('a worker died');
  if (seen.grown('waypost_dns_internal_errors_total') !== 0) found.push('an answerer failed');
  const { counted } = scenario;
  if (counted !== undefined && !counted.some((counter) => seen.grown(counter) > 0))
    found.push(`none of these has grown: ${counted.join(', ')}`);
  return found;
}

function report({ tallies, met, changeMilliseconds, seen }: Course, scenario: Scenario): void {
  const did = tallies.map((tally, index) =>
    Object.entries(tally).map(([what, count]) => `${scenario.attacks[index]}: ${count.toLocaleString('en')} ${what}`),
  );
  for (const line of did.flat()) console.log(`    ${line}`);
  for (const { where, experience } of met) {
    const { asked, lostTries, unanswered, milliseconds } = experience;
    const at = (part: number): string =>
      (milliseconds[Math.floor(part * (milliseconds.length - 1))] ?? Number.NaN).toFixed(1);
    console.log(
      `    ${where.padEnd(50)} ${asked} asked, ${lostTries} tries lost, ${unanswered} unanswered, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    );
  }
  const counters = (scenario.counted ?? []).map((counter) => `${counter} +${seen.grown(counter)}`);
  console.log(
    `    a change served after ${changeMilliseconds.toFixed(0)} ms; at most ${mebibytes(seen.residentOctets)} resident, ` +
      `${seen.connections} connections, ${mebibytes(seen.heldOctets)} held for them, ${mebibytes(seen.kernelOctets)} in the kernel for both ends${counters.length > 0 ? `; ${counters.join(', ')}` : ''}`,
  );
}

function mebibytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(0)} MiB`;
}

async function main(): Promise<number> {
  const chosen = scenarios.filter(({ title }) => only === undefined || title === only);
  if (chosen.length === 0 || !(SECONDS > 0)) {
    console.log(`npm run hostile [seconds] [scenario]\nscenarios: ${scenarios.map(({ title }) => title).join('; ')}`);
    return 1;
  }
  let passed = 0;
  let failed = 0;
  let member: Member | undefined;
  let zoneId = '';
  let restingOctets = 0;
  let settings: Scenario['settings'];
  for (const [index, scenario] of chosen.entries()) {
    console.log(`— ${scenario.title}`);
    if (scenario.needsNamespace === true && !inside) {
      console.log('    skipped: it needs root, for a network namespace');
      if (process.env['CI'] === 'true') failed += 1;
      continue;
    }
    if (member === undefined || settings !== scenario.settings) {
      await member?.stop();
      settings = scenario.settings;
      member = await startMember(undefined, { hosts: HOSTS, settings: { ...SETTINGS, ...settings } });
      zoneId = await makeZone(member);
      restingOctets = residentOctets(member.processId);
      console.log(`  (a member, ${mebibytes(restingOctets)} at rest)`);
    }
    const course = await run(scenario, member, zoneId, index);
    report(course, scenario);
    const found = broken(scenario, course, restingOctets);
    for (const what of found) console.log(`  ✗ ${what}`);
    if (found.length > 0) failed += 1;
    else passed += 1;
  }
  await member?.stop();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = inside
  ? await main()
  : (runInside(fileURLToPath(import.meta.url), process.argv.slice(2)) ?? (await main()));
