import * as r53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestMember, type TestMember } from './member.ts';
import { signedFetch } from './signed-fetch.ts';

let member: TestMember;
let check: string;

beforeAll(async () => {
  member = await startTestMember();
  const { client } = member;
  const { HealthCheck } = await client.send(
    new r53.CreateHealthCheckCommand({
      CallerReference: 'explained',
      HealthCheckConfig: { Type: 'CALCULATED', HealthThreshold: 0, ChildHealthChecks: [] },
    }),
  );
  check = HealthCheck?.Id as string;
  const { HostedZone } = await client.send(
    new r53.CreateHostedZoneCommand({ Name: 'shop.example', CallerReference: 'explained' }),
  );
  const pair = (['PRIMARY', 'SECONDARY'] as const).map((Failover, at) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: 'www.shop.example',
      Type: 'A' as const,
      TTL: 60,
      SetIdentifier: Failover,
      Failover,
      ...(at === 0 ? { HealthCheckId: check } : {}),
      ResourceRecords: [{ Value: `192.0.2.${at + 1}` }],
    },
  }));
  await client.send(
    new r53.ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes: pair } }),
  );
});

afterAll(async () => {
  await member.close();
  expect(member.failures).toEqual([]);
});

async function ask(question: unknown, service = 'route53', path = '/waypost/explain') {
  const body = typeof question === 'string' ? question : JSON.stringify(question);
  const response = await signedFetch(member.url + path, { service, headers: {}, body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test('a question is explained as `waypost explain --json` does, by real statuses and by supposed ones', async () => {
  const first = await ask({ name: 'www.shop.example', from: '203.0.113.7', draw: 0.25 });
  expect([first.status, first.type]).toEqual([200, 'application/json']);
  const explanation = JSON.parse(first.text) as { readonly answer: unknown };
  expect(explanation).toMatchObject({
    name: 'www.shop.example.',
    type: 'A',
    draw: 0.25,
    memberRuns: true,
    answer: { rcode: 'NOERROR' },
  });
  expect(JSON.stringify(explanation.answer)).toContain('192.0.2.1');
  const supposed = JSON.parse((await ask({ name: 'www.shop.example', unhealthy: [check] })).text) as typeof explanation;
  expect(JSON.stringify(supposed.answer)).toContain('192.0.2.2');
});

test.each<[unknown, string]>([
  ['{', 'the question is not JSON'],
  ['[]', "the question's name is missing, or not what it should be"],
  ['7', 'the question is not a JSON object'],
  [{ name: 'www.shop.example', unhealty: [] }, 'a question has no member unhealty'],
  [{ name: 'www.shop.example', draw: 1 }, 'the draw 1 is not from 0 up to but not including 1'],
  [{ name: 'www.shop.example', unhealthy: ['none'] }, 'there is no health check none; there are'],
  [{ name: 'www.elsewhere.example' }, 'no hosted zone here holds www.elsewhere.example.'],
  [{ name: 'x'.repeat(70_000) }, 'a question is at most 65536 octets long'],
])('%j cannot be explained', async (question, message) => {
  const { status, type, text } = await ask(question);
  expect([status, type]).toEqual([400, 'application/json']);
  expect(JSON.parse(text)).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining(message) });
});

test('nobody is told without a signature, and no path of AWS leads here', async () => {
  const unsigned = await fetch(`${member.url}/waypost/explain`, {
    method: 'POST',
    body: '{"name":"www.shop.example"}',
  });
  expect(unsigned.status).toBe(403);
  expect(JSON.parse(await unsigned.text())).toMatchObject({ code: 'MissingAuthenticationToken' });
  const elsewhere = await ask({ name: 'www.shop.example' }, 'route53', '/2013-04-01/waypost/explain');
  expect([elsewhere.status, elsewhere.type]).toEqual([404, 'text/xml']);
});
