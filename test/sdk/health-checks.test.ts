import * as r53 from '@aws-sdk/client-route-53';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { respond, startEndpoint, type TestEndpoint } from '../../src/checker/endpoint-for-tests.ts';
import { startTestMember, type TestMember } from './member.ts';

let member: TestMember;
beforeAll(async () => {
  member = await startTestMember();
});
afterAll(async () => {
  await member.close();
  expect(member.failures).toEqual([]);
});

const endpoints: TestEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close();
});

let reference = 0;
async function create(config: r53.HealthCheckConfig): Promise<r53.HealthCheck> {
  const CallerReference = `r${(reference += 1)}`;
  const made = await member.client.send(
    new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig: config }),
  );
  return made.HealthCheck as r53.HealthCheck;
}

const HTTP = { Type: 'HTTP', IPAddress: '127.0.0.1', Port: 9 } as const;

describe('operations', () => {
  test('a health check from its creation to its deletion', async () => {
    const CallerReference = 'life';
    const HealthCheckConfig = { Type: 'HTTPS', FullyQualifiedDomainName: 'www.example.com', Disabled: true } as const;
    const input = new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig });
    const made = await member.client.send(input);
    const Id = made.HealthCheck?.Id as string;
    expect(made.$metadata.httpStatusCode).toBe(201);
    expect(made.Location).toBe(`https://route53.amazonaws.com/2013-04-01/healthcheck/${Id}`);
    expect(Id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(made.HealthCheck).toEqual({
      Id,
      CallerReference,
      HealthCheckVersion: 1,
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: 'www.example.com',
        Port: 443,
        RequestInterval: 30,
        FailureThreshold: 3,
        MeasureLatency: false,
        Inverted: false,
        Disabled: true,
        EnableSNI: true,
      },
    });
    // Once more, as an SDK does that has lost the answer.
    const again = await member.client.send(new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig }));
    expect([again.$metadata.httpStatusCode, again.HealthCheck]).toEqual([201, made.HealthCheck]);
    const got = await member.client.send(new r53.GetHealthCheckCommand({ HealthCheckId: Id }));
    expect(got.HealthCheck).toEqual(made.HealthCheck);
    const update = { HealthCheckId: Id, HealthCheckVersion: 1, Port: 8443, Inverted: true };
    const updated = await member.client.send(new r53.UpdateHealthCheckCommand(update));
    expect(updated.HealthCheck).toMatchObject({
      HealthCheckVersion: 2,
      HealthCheckConfig: { Port: 8443, Inverted: true },
    });
    await expect(member.client.send(new r53.UpdateHealthCheckCommand(update))).rejects.toMatchObject({
      name: 'HealthCheckVersionMismatch',
      $metadata: { httpStatusCode: 409 },
    });
    await expect(
      member.client.send(new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig })),
    ).rejects.toMatchObject({
      name: 'HealthCheckAlreadyExists',
      $metadata: { httpStatusCode: 409 },
    });
    await member.client.send(new r53.DeleteHealthCheckCommand({ HealthCheckId: Id }));
    await expect(member.client.send(new r53.GetHealthCheckCommand({ HealthCheckId: Id }))).rejects.toMatchObject({
      name: 'NoSuchHealthCheck',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(
      member.client.send(new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig })),
    ).rejects.toMatchObject({
      name: 'HealthCheckAlreadyExists',
    });
  });

  test('two requests at once with one caller reference make one check', async () => {
    const input = { CallerReference: 'both', HealthCheckConfig: { ...HTTP, Disabled: true } };
    const made = await Promise.all([1, 2, 3].map(() => member.client.send(new r53.CreateHealthCheckCommand(input))));
    expect(new Set(made.map(({ HealthCheck }) => HealthCheck?.Id)).size).toBe(1);
  });

  test('they are listed one a page and counted', async () => {
    const ids = [
      await create({ ...HTTP, Disabled: true }),
      await create({ Type: 'CALCULATED', HealthThreshold: 0 }),
    ].map(({ Id }) => Id);
    const listed: (string | undefined)[] = [];
    for await (const page of r53.paginateListHealthChecks({ client: member.client, pageSize: 1 }, {})) {
      listed.push(...(page.HealthChecks ?? []).map(({ Id }) => Id));
    }
    expect(listed).toEqual(expect.arrayContaining(ids));
    const { HealthCheckCount } = await member.client.send(new r53.GetHealthCheckCountCommand({}));
    expect([HealthCheckCount, new Set(listed).size]).toEqual([listed.length, listed.length]);
    const limit = await member.client.send(new r53.GetAccountLimitCommand({ Type: 'MAX_HEALTH_CHECKS_BY_OWNER' }));
    expect(limit).toMatchObject({ Limit: { Value: 1000 }, Count: listed.length });
  });

  test('a check by a metric, and what a calculated one cannot say', async () => {
    const AlarmIdentifier = { Region: 'eu-west-1', Name: 'high load' } as const;
    const metric = await create({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier,
      InsufficientDataHealthStatus: 'Unhealthy',
    });
    expect(metric.HealthCheckConfig).toMatchObject({ AlarmIdentifier, InsufficientDataHealthStatus: 'Unhealthy' });
    await expect
      .poll(async () =>
        (await observations(metric.Id)).map(({ Region, StatusReport }) => [Region, StatusReport?.Status]),
      )
      .toEqual([['eu-west-1', 'Failure: The CloudWatch alarm high load has insufficient data.']]);
    const calculated = await create({
      Type: 'CALCULATED',
      HealthThreshold: 1,
      ChildHealthChecks: [metric.Id as string],
    });
    for (const command of [r53.GetHealthCheckStatusCommand, r53.GetHealthCheckLastFailureReasonCommand]) {
      await expect(
        member.client.send(new command({ HealthCheckId: calculated.Id }) as r53.GetHealthCheckStatusCommand),
      ).rejects.toMatchObject({
        name: 'InvalidInput',
      });
    }
  });

  test('refusals are in Route 53 words', async () => {
    await expect(create({ ...HTTP, InsufficientDataHealthStatus: 'Healthy' })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'Invalid parameter : Basic health checks must not have an insufficient data health state specified.',
    });
    await expect(create({ Type: 'RECOVERY_CONTROL', RoutingControlArn: 'arn:aws:x' })).rejects.toMatchObject({
      message: expect.stringContaining('RECOVERY_CONTROL health checks are not supported yet') as string,
    });
  });

  test('checker ranges', async () => {
    const { CheckerIpRanges } = await member.client.send(new r53.GetCheckerIpRangesCommand({}));
    expect(CheckerIpRanges).toEqual(['192.0.2.0/24', '2001:db8::/32']);
  });

  test('tags', async () => {
    const resource = {
      ResourceType: 'healthcheck',
      ResourceId: (await create({ ...HTTP, Disabled: true })).Id,
    } as const;
    const tag = (Key: string, Value: string): Promise<unknown> =>
      member.client.send(new r53.ChangeTagsForResourceCommand({ ...resource, AddTags: [{ Key, Value }] }));
    await tag('Name', 'front door');
    await expect(tag('waypost:interval', 'often')).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'Invalid parameter : the tag waypost:interval must be a whole number of seconds from 1 to 3600',
    });
    const { ResourceTagSet } = await member.client.send(new r53.ListTagsForResourceCommand(resource));
    expect(ResourceTagSet).toEqual({ ...resource, Tags: [{ Key: 'Name', Value: 'front door' }] });
  });
});

async function observations(HealthCheckId: string | undefined): Promise<r53.HealthCheckObservation[]> {
  return (
    (await member.client.send(new r53.GetHealthCheckStatusCommand({ HealthCheckId }))).HealthCheckObservations ?? []
  );
}

describe('live', () => {
  function isHealthy(id: string | undefined): boolean {
    return member.healthy(id as string) ?? true;
  }

  async function every(HealthCheckId: string | undefined, seconds: number): Promise<void> {
    const AddTags = [{ Key: 'waypost:interval', Value: String(seconds) }];
    await member.client.send(
      new r53.ChangeTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId: HealthCheckId, AddTags }),
    );
  }

  test('an endpoint goes down and comes back', async () => {
    let answer = 'HTTP/1.1 200 OK\r\n\r\nfine';
    const endpoint = await startEndpoint((socket) => socket.end(answer));
    endpoints.push(endpoint);
    const check = await create({ ...HTTP, Port: endpoint.port, FailureThreshold: 1 });
    const inverted = await create({ ...HTTP, Port: endpoint.port, FailureThreshold: 1, Inverted: true });
    const both = await create({ Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: [check.Id as string] });
    await Promise.all([every(check.Id, 1), every(inverted.Id, 1)]);
    const statuses = (): boolean[] => [check, inverted, both].map(({ Id }) => isHealthy(Id));
    await expect.poll(statuses).toEqual([true, false, true]);
    await expect
      .poll(() => observations(check.Id))
      .toMatchObject([
        { Region: 'us-east-1', IPAddress: '127.0.0.1', StatusReport: { Status: 'Success: HTTP Status Code 200, OK' } },
      ]);
    answer = 'HTTP/1.1 503 No\r\n\r\n';
    await expect.poll(statuses).toEqual([false, true, false]);
    const why = await member.client.send(new r53.GetHealthCheckLastFailureReasonCommand({ HealthCheckId: check.Id }));
    expect(why.HealthCheckObservations).toMatchObject([
      { StatusReport: { Status: 'Failure: HTTP Status Code 503, Service Unavailable' } },
    ]);
    answer = 'HTTP/1.1 200 OK\r\n\r\n';
    await expect.poll(statuses).toEqual([true, false, true]);
    // Deleted, it counts as healthy, and so does what calculates with it.
    answer = 'HTTP/1.1 503 No\r\n\r\n';
    await expect.poll(statuses).toEqual([false, true, false]);
    await member.client.send(new r53.DeleteHealthCheckCommand({ HealthCheckId: check.Id }));
    await expect.poll(() => isHealthy(both.Id)).toBe(true);
  });

  test('by name: found by the hosts file, or not at all', async () => {
    const endpoint = await startEndpoint(respond('HTTP/1.1 200 OK\r\n\r\n'));
    endpoints.push(endpoint);
    const config = { Type: 'HTTP', Port: endpoint.port, FailureThreshold: 1 } as const;
    const here = await create({ ...config, FullyQualifiedDomainName: 'service.localhost' });
    const gone = await create({ ...config, FullyQualifiedDomainName: 'gone.invalid' });
    const words = async (id: string | undefined): Promise<unknown> => (await observations(id))[0]?.StatusReport?.Status;
    await expect.poll(() => words(here.Id)).toBe('Success: HTTP Status Code 200, OK');
    expect(endpoint.requests[0]).toContain(`\r\nHost: service.localhost:${endpoint.port}\r\n`);
    await expect.poll(() => words(gone.Id)).toMatch(/^Failure: (DNS resolution failed|No resolver)/);
  });

  test('tags say how to probe, and are taken back', async () => {
    const endpoint = await startEndpoint((socket, request) => {
      socket.end(`HTTP/1.1 ${request.includes('\r\nX-Key: secret\r\n') ? 401 : 200} x\r\nContent-Length: 0\r\n\r\n`);
    });
    endpoints.push(endpoint);
    const { Id } = await create({ ...HTTP, Port: endpoint.port });
    const resource = { ResourceType: 'healthcheck', ResourceId: Id } as const;
    const tags = {
      'waypost:interval': '1',
      'waypost:method': 'HEAD',
      'waypost:codes': '401',
      'waypost:header:X-Key': 'secret',
    };
    const AddTags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await member.client.send(new r53.ChangeTagsForResourceCommand({ ...resource, AddTags }));
    const status = async (): Promise<unknown> => (await observations(Id))[0]?.StatusReport?.Status;
    await expect.poll(status).toBe('Success: HTTP Status Code 401, Unauthorized');
    expect(endpoint.requests.at(-1)).toMatch(/^HEAD \/ /);
    const RemoveTagKeys = ['waypost:codes', 'waypost:method'];
    await member.client.send(new r53.ChangeTagsForResourceCommand({ ...resource, RemoveTagKeys }));
    await expect.poll(status).toBe('Failure: HTTP Status Code 401, Unauthorized');
    expect(endpoint.requests.at(-1)).toMatch(/^GET \/ /);
  });

  test('a disabled check is not probed', async () => {
    const endpoint = await startEndpoint(respond('HTTP/1.1 200 OK\r\n\r\n'));
    endpoints.push(endpoint);
    const { Id } = await create({ ...HTTP, Port: endpoint.port, FailureThreshold: 1 });
    await every(Id, 1);
    await expect.poll(() => endpoint.requests.length).toBeGreaterThan(1);
    await member.client.send(new r53.UpdateHealthCheckCommand({ HealthCheckId: Id, Disabled: true }));
    await expect.poll(() => observations(Id)).toEqual([]);
    const another = await create({ ...HTTP, Port: endpoint.port });
    await every(another.Id, 1);
    const probesOf = (id: string | undefined): string[] =>
      endpoint.requests.filter((request) => request.includes(`ref ${id}`));
    await expect.poll(() => probesOf(another.Id).length).toBeGreaterThan(0);
    // A probe that was under way has come before that one.
    const before = probesOf(Id).length;
    await expect.poll(() => probesOf(another.Id).length).toBeGreaterThan(2);
    expect(probesOf(Id)).toHaveLength(before);
  });
});
