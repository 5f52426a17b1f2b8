import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lacks, run, startMember } from './member.ts';
import type { Member } from './member.ts';

/** A failover pair made with the AWS CLI: the endpoint goes, dig sees the secondary; it comes back, dig sees the primary. */
const AWS = '/usr/bin/aws';
const DIG = '/usr/bin/dig';
const skip = lacks(AWS) || lacks(DIG);
let member: Member;
beforeAll(async () => {
  member = await startMember();
}, 60_000);
afterAll(() => member.stop());

function route53(...parameters: string[]): Record<string, Record<string, string>> {
  const output = run(
    AWS,
    ['--endpoint-url', member.url, '--output', 'json', 'route53', ...parameters],
    member.environment,
  );
  return (output.trim() === '' ? {} : JSON.parse(output)) as Record<string, Record<string, string>>;
}

const dig = (): string => run(DIG, ['+short', '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.example.com']).trim();

function listen(port: number): Promise<Server> {
  const server = createServer((_, response) => response.end('fine'));
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function pair(zone: string, check: string): void {
  const set = (Failover: string, Value: string, more: object): object => ({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: 'www.example.com',
      Type: 'A',
      TTL: 5,
      SetIdentifier: Failover,
      Failover,
      ResourceRecords: [{ Value }],
      ...more,
    },
  });
  const Changes = [set('PRIMARY', '192.0.2.1', { HealthCheckId: check }), set('SECONDARY', '192.0.2.2', {})];
  route53('change-resource-record-sets', '--hosted-zone-id', zone, '--change-batch', JSON.stringify({ Changes }));
}

test.skipIf(skip)('awscli and dig: an endpoint goes down and comes back', { timeout: 120_000 }, async () => {
  let endpoint = await listen(0);
  const { port } = endpoint.address() as AddressInfo;
  const zone =
    route53('create-hosted-zone', '--name', 'example.com', '--caller-reference', '1')['HostedZone']?.['Id'] ?? '';
  const config = `Type=HTTP,IPAddress=127.0.0.1,Port=${port},RequestInterval=10,FailureThreshold=2`;
  const made = route53('create-health-check', '--caller-reference', '1', '--health-check-config', config);
  const check = made['HealthCheck']?.['Id'] ?? '';
  const tag = ['--resource-type', 'healthcheck', '--resource-id', check, '--add-tags', 'Key=waypost:interval,Value=1'];
  route53('change-tags-for-resource', ...tag);
  pair(zone, check);
  await expect.poll(dig, { timeout: 10_000 }).toBe('192.0.2.1');
  await stop(endpoint);
  await expect.poll(dig, { timeout: 20_000, interval: 200 }).toBe('192.0.2.2');
  endpoint = await listen(port);
  await expect.poll(dig, { timeout: 20_000, interval: 200 }).toBe('192.0.2.1');
  await stop(endpoint);
  // Without its check the primary is always healthy.
  await expect.poll(dig, { timeout: 20_000, interval: 200 }).toBe('192.0.2.2');
  route53('delete-health-check', '--health-check-id', check);
  await expect.poll(dig, { timeout: 10_000, interval: 200 }).toBe('192.0.2.1');
});
