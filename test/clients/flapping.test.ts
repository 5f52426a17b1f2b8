import { readFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
} from '@aws-sdk/client-route-53';
import { expect, onTestFinished, test } from 'vitest';
import { failoverPair, PRIMARY, SECONDARY } from '../members/failover-pair.ts';
import { startMember, type Member } from './member.ts';
import { openReceiver } from './webhook-receiver.ts';

/**
 * A soak: real endpoints that come and go by a schedule, each with a check and a failover pair. Whenever they rest, every answer is by
 * the truth; meanwhile every answer is one of the two; every change of status is told once, signed, although the receiver is away
 * now and then.
 */
const ENDPOINTS = 40;
const ROUNDS = 4;
const FLAP_MILLISECONDS = 8000;
const FLAPS_MAX = 6;
/** Threshold × interval, and a busy machine. */
const CONVERGED_MILLISECONDS_MAX = 60_000;
/** Webhooks that were refused wait for up to some seconds, and those behind them with them. */
const TOLD_MILLISECONDS_MAX = 60_000;
/** What a member may grow by while its endpoints flap: buffers and heaps that have not been tidied up. */
const GROWTH_MEBIBYTES_MAX = 96;

/** Lehmer's generator: the same schedule in every run. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

class Endpoint {
  readonly #server: Server = createServer((_, response) => response.end('fine'));
  port = 0;
  up = false;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    this.up = true;
  }

  async stop(): Promise<void> {
    this.up = false;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function flap(endpoint: Endpoint, dice: () => number): Promise<void> {
  const moments = Array.from({ length: 1 + Math.floor(dice() * FLAPS_MAX) }, () => dice() * FLAP_MILLISECONDS);
  let at = 0;
  for (const moment of moments.toSorted((a, b) => a - b)) {
    await pause(moment - at);
    at = moment;
    await (endpoint.up ? endpoint.stop() : endpoint.start());
  }
  await pause(FLAP_MILLISECONDS - at);
}

/** Ids of the checks, in the order of the endpoints. */
async function makePairs(member: Member, endpoints: readonly Endpoint[]): Promise<string[]> {
  const client = member.client();
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'flap.test', CallerReference: '1' }));
  const checks: string[] = [];
  for (const [index, { port }] of endpoints.entries()) {
    const HealthCheckConfig = { Type: 'HTTP' as const, IPAddress: '127.0.0.1', Port: port, FailureThreshold: 2 };
    const made = await client.send(new CreateHealthCheckCommand({ CallerReference: `${index}`, HealthCheckConfig }));
    const ResourceId = made.HealthCheck?.Id as string;
    const AddTags = [{ Key: 'waypost:interval', Value: '1' }];
    await client.send(new ChangeTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId, AddTags }));
    const ChangeBatch = { Changes: failoverPair(`f${index}.flap.test`, 1, ResourceId) };
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }));
    checks.push(ResourceId);
  }
  client.destroy();
  return checks;
}

function residentMebibytes({ processId }: Member): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'latin1'))?.[1]) / 1024;
}

const statusChanges = (member: Member): Promise<number> => member.metric('waypost_health_status_changes_total');

test('endpoints that flap: answers by the truth, one webhook for each change', { timeout: 600_000 }, async () => {
  const dice = diceOf(20_261_124);
  const receiver = await openReceiver();
  const member = await startMember(undefined, {
    settings: { WAYPOST_WEBHOOKS: receiver.url, WAYPOST_WEBHOOK_SECRET: receiver.secret },
  });
  let stopped = false;
  onTestFinished(() => (stopped ? undefined : member.kill()));
  const endpoints = Array.from({ length: ENDPOINTS }, () => new Endpoint());
  await Promise.all(endpoints.map((endpoint) => endpoint.start()));
  onTestFinished(async () => {
    await Promise.all(endpoints.filter(({ up }) => up).map((endpoint) => endpoint.stop()));
    await receiver.close();
  });
  const checks = await makePairs(member, endpoints);
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  resolver.setServers([`127.0.0.1:${member.dnsPort}`]);
  const answers = (): Promise<string[]> =>
    Promise.all(endpoints.map(async (_, index) => (await resolver.resolve4(`f${index}.flap.test`)).join(' ')));
  const truth = (): string[] => endpoints.map(({ up }) => (up ? PRIMARY : SECONDARY));

  await expect.poll(answers, { timeout: CONVERGED_MILLISECONDS_MAX }).toEqual(truth());
  const before = residentMebibytes(member);
  for (let round = 0; round < ROUNDS; round += 1) {
    // In every second round the receiver is away for the first half; in the others it refuses one in twenty.
    const since = performance.now();
    receiver.refuses = () =>
      round % 2 === 1
        ? performance.now() - since < FLAP_MILLISECONDS / 2
        : receiver.events.length % 20 === 19 && dice() < 0.5;
    let resting = false;
    const watching = (async () => {
      while (!resting) {
        expect(new Set([...(await answers()), PRIMARY, SECONDARY]), `round ${round}`).toEqual(
          new Set([PRIMARY, SECONDARY]),
        );
        await pause(50);
      }
    })();
    await Promise.all(endpoints.map((endpoint) => flap(endpoint, dice)));
    resting = true;
    await watching;
    await expect
      .poll(answers, { timeout: CONVERGED_MILLISECONDS_MAX, message: `round ${round}, at rest` })
      .toEqual(truth());
    // And so it stays.
    await pause(2500);
    expect(await answers()).toEqual(truth());
  }
  receiver.refuses = () => false;
  const changes = await statusChanges(member);
  await expect.poll(() => receiver.events.length, { timeout: TOLD_MILLISECONDS_MAX }).toBe(changes);
  expect(changes).toBeGreaterThan(ENDPOINTS);
  expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(changes);
  expect(receiver.refused.size).toBeGreaterThan(0);
  expect(receiver.forged).toEqual([]);
  expect(new Set(receiver.events.map(({ type }) => type))).toEqual(new Set(['health_check.status_changed']));
  expect(new Set(receiver.events.map(({ healthCheckId }) => healthCheckId))).toEqual(new Set(checks));
  for (const [index, check] of checks.entries()) {
    const told = receiver.events.filter(({ healthCheckId }) => healthCheckId === check).map(({ status }) => status);
    // Each is another than the one before; a check begins healthy.
    expect(told).toEqual(told.map((_, at) => (at % 2 === 0 ? 'Unhealthy' : 'Healthy')));
    expect(told.at(-1) ?? 'Healthy', check).toBe(endpoints[index]?.up === true ? 'Healthy' : 'Unhealthy');
  }
  expect(residentMebibytes(member) - before).toBeLessThan(GROWTH_MEBIBYTES_MAX);
  await member.stop();
  stopped = true;
});
