import { describe, expect, test } from 'vitest';
import { getAccountLimit } from '../limits/get-account-limit.ts';
import { House } from '../house-in-memory.ts';
import { isRefusal } from '../operation.ts';
import { tables, type HealthCheck } from '../tables.ts';
import { changeResourceRecordSets } from '../record-sets/change-resource-record-sets.ts';
import { zoneDataOf } from '../zone-data.ts';
import { changeTagsForResource } from '../tags/change-tags-for-resource.ts';
import { listTagsForResource } from '../tags/list-tags-for-resource.ts';
import type { ConfigInput } from './config-members.ts';
import { createHealthCheck } from './create-health-check.ts';
import { deleteHealthCheck } from './delete-health-check.ts';
import { REFERENCE_KEPT_MILLISECONDS } from './deleted-references.ts';
import { getHealthCheckCount } from './get-health-check-count.ts';
import { healthCheckAsCreated } from './health-check-as-created.ts';
import { listHealthChecks } from './list-health-checks.ts';
import { observedHealthCheck } from './observed-health-check.ts';
import { updateHealthCheck, type UpdateHealthCheckCommand } from './update-health-check.ts';

const HTTP: ConfigInput = { type: 'HTTP', ipAddress: '192.0.2.1' };
const BY_NAME: ConfigInput = { type: 'HTTPS', fullyQualifiedDomainName: 'www.example.com' };

let references = 0;

function create(house: House, config: ConfigInput, callerReference = `r${(references += 1)}`): HealthCheck {
  const change = house.run(createHealthCheck, { callerReference, config });
  if (typeof change === 'string') throw new Error(change);
  return change.check;
}

function update(house: House, command: UpdateHealthCheckCommand): HealthCheck | string {
  const change = house.run(updateHealthCheck, command);
  return typeof change === 'string' ? change : change.check;
}

describe('what is stored', () => {
  const endpoint = { requestIntervalSeconds: 30, failureThreshold: 3, measureLatency: false };
  const switches = { inverted: false, disabled: false };
  test.each<[ConfigInput, object]>([
    [HTTP, { ...HTTP, port: 80, ...endpoint, ...switches, enableSni: false }],
    [BY_NAME, { ...BY_NAME, port: 443, ...endpoint, ...switches, enableSni: true }],
    [
      { type: 'TCP', ipAddress: '2001:db8::1', port: 22, failureThreshold: 1 },
      {
        type: 'TCP',
        ipAddress: '2001:db8::1',
        port: 22,
        ...endpoint,
        failureThreshold: 1,
        ...switches,
        enableSni: false,
      },
    ],
    [
      { type: 'CALCULATED', healthThreshold: 0 },
      { type: 'CALCULATED', healthThreshold: 0, childHealthChecks: [], ...switches },
    ],
    [
      { type: 'CLOUDWATCH_METRIC', alarm: { region: 'us-isob-east-1', name: 'a' } },
      {
        type: 'CLOUDWATCH_METRIC',
        alarm: { region: 'us-isob-east-1', name: 'a' },
        insufficientDataHealthStatus: 'LastKnownStatus',
        ...switches,
      },
    ],
  ])('%j', (config, stored) => {
    expect(create(new House(), config)).toMatchObject({ version: 1, index: 0, config: stored });
  });
});

describe('what is refused', () => {
  const alarm = { region: 'us-east-1', name: 'a' };
  test.each<[ConfigInput, string]>([
    [
      { type: 'PING' },
      'Type must be one of [HTTP, HTTPS, HTTP_STR_MATCH, HTTPS_STR_MATCH, TCP, CALCULATED, CLOUDWATCH_METRIC], not PING.',
    ],
    [
      { type: 'RECOVERY_CONTROL' },
      'RECOVERY_CONTROL health checks are not supported yet: this version has no routing controls.',
    ],
    [{ ...HTTP, alarm }, 'Basic health checks must not have an metric region specified.'],
    [
      { ...HTTP, insufficientDataHealthStatus: 'Healthy', healthThreshold: 1 },
      'Basic health checks must not have an insufficient data health state specified. Basic health checks must not have a health threshold specified.',
    ],
    [{ type: 'HTTP' }, 'Basic health checks must have an IP address or a fully qualified domain name specified.'],
    [{ ...HTTP, searchString: 'ok' }, 'HTTP health checks must not have a search string specified.'],
    [{ ...HTTP, type: 'HTTP_STR_MATCH' }, 'String match health checks must have a search string specified.'],
    [{ ...HTTP, type: 'TCP' }, 'TCP health checks must have a port specified.'],
    [
      { type: 'TCP', port: 1, ipAddress: '192.0.2.1', fullyQualifiedDomainName: 'a.example' },
      'TCP health checks that have IP address must not have a fully qualified domain name specified.',
    ],
    [
      { type: 'TCP', port: 1, ipAddress: '192.0.2.1', resourcePath: '/' },
      'TCP health checks must not have a resource path specified.',
    ],
    [{ type: 'CALCULATED' }, 'Calculated health checks must have a health threshold specified.'],
    [
      { type: 'CALCULATED', healthThreshold: 1, failureThreshold: 3 },
      'Calculated health checks must not have a failure threshold specified.',
    ],
    [{ type: 'CALCULATED', healthThreshold: 257 }, 'HealthThreshold must be from 0 to 256, not 257.'],
    [{ type: 'CALCULATED', healthThreshold: 1, childHealthChecks: ['no'] }, 'Child health check no does not exist.'],
    [
      { type: 'CALCULATED', healthThreshold: 1, childHealthChecks: ['a', 'a'] },
      'ChildHealthChecks must not name anything twice.',
    ],
    [{ type: 'CLOUDWATCH_METRIC' }, 'CloudWatch metric health checks must have an metric region specified.'],
    [
      { type: 'CLOUDWATCH_METRIC', alarm: { ...alarm, region: 'here' } },
      'AlarmIdentifier.Region must be a region such as us-east-1, not here.',
    ],
    [{ ...HTTP, ipAddress: 'localhost' }, 'localhost is not an IPv4 or IPv6 address.'],
    [{ ...HTTP, ipAddress: '169.254.169.254' }, 'The IP address 169.254.169.254 is forbidden: it is link-local.'],
    [{ ...HTTP, ipAddress: '203.0.113.9' }, 'The IP address 203.0.113.9 is forbidden: it is denied by the operator.'],
    [{ ...BY_NAME, fullyQualifiedDomainName: 'a b' }, 'a b is not a fully qualified domain name.'],
    [{ ...BY_NAME, fullyQualifiedDomainName: '192.0.2.1' }, '192.0.2.1 is an address: specify it as the IP address.'],
    [{ ...HTTP, port: 0 }, 'Port must be from 1 to 65535, not 0.'],
    [{ ...HTTP, failureThreshold: 11 }, 'FailureThreshold must be from 1 to 10, not 11.'],
    [
      { ...HTTP, requestIntervalSeconds: 5 },
      'RequestInterval must be 10 or 30, not 5; for others, tag the health check waypost:interval.',
    ],
    [{ ...HTTP, resourcePath: '/'.repeat(256) }, 'ResourcePath must have from 0 to 255 characters.'],
    [{ ...HTTP, regions: ['us-east-1', 'eu-west-1'] }, 'Regions must have from 3 to 64 items.'],
    [
      { ...HTTP, regions: ['us-east-1', 'office', 'moon'] },
      'Regions must be among [us-east-1, us-west-1, us-west-2, eu-west-1, ap-southeast-1, ap-southeast-2, ap-northeast-1, sa-east-1, office], not moon.',
    ],
  ])('%j', (config, message) => {
    const refused = new House().run(createHealthCheck, { callerReference: 'r', config });
    expect(refused).toBe(`InvalidInput: Invalid parameter : ${message}`);
  });

  test('private and loopback addresses are open', () => {
    const house = new House();
    for (const ipAddress of ['10.0.0.1', '127.0.0.1', '::1', 'fd00::1', '192.168.1.1'])
      create(house, { ...HTTP, ipAddress });
  });

  test('calculated checks are not nested', () => {
    const house = new House();
    const child = create(house, { type: 'CALCULATED', healthThreshold: 0 });
    expect(
      house.run(createHealthCheck, {
        callerReference: 'r',
        config: { type: 'CALCULATED', healthThreshold: 1, childHealthChecks: [child.id] },
      }),
    ).toBe(
      `InvalidInput: Invalid parameter : Child health check ${child.id} is a calculated health check: these cannot be nested.`,
    );
  });

  test('more than the quota', () => {
    const house = new House({ quotas: { healthChecksMax: 1 } });
    create(house, HTTP);
    expect(house.run(createHealthCheck, { callerReference: 'two', config: HTTP })).toMatch(/^TooManyHealthChecks: /);
    const limit = getAccountLimit.read(house.draft, { type: 'MAX_HEALTH_CHECKS_BY_OWNER' }, house.given);
    expect(limit).toEqual({ type: 'MAX_HEALTH_CHECKS_BY_OWNER', value: 1, count: 1 });
  });
});

describe('caller references', () => {
  test('the same settings find what is there, others are refused', () => {
    const house = new House();
    const check = create(house, HTTP, 'r');
    expect(house.run(createHealthCheck, { callerReference: 'r', config: HTTP })).toMatch(/^HealthCheckAlreadyExists: /);
    const repeated = { ...HTTP, port: 80, failureThreshold: 3 };
    expect(healthCheckAsCreated(house.draft, { callerReference: 'r', config: repeated })).toEqual(check);
    expect(healthCheckAsCreated(house.draft, { callerReference: 'r', config: { ...HTTP, port: 81 } })).toBeUndefined();
  });

  test("a deleted check's stays taken for a week", () => {
    const house = new House();
    house.run(deleteHealthCheck, { id: create(house, HTTP, 'r').id });
    expect(healthCheckAsCreated(house.draft, { callerReference: 'r', config: HTTP })).toBeUndefined();
    expect(house.run(createHealthCheck, { callerReference: 'r', config: HTTP })).toMatch(/^HealthCheckAlreadyExists: /);
    house.now(REFERENCE_KEPT_MILLISECONDS);
    create(house, BY_NAME, 'another');
    expect(create(house, HTTP, 'r').index).toBe(2);
    expect(house.draft.range(tables.deletedHealthChecks, { limit: 1 })).toEqual([]);
  });
});

describe('updates', () => {
  test.each<[ConfigInput, Omit<UpdateHealthCheckCommand, 'id'>, object | string]>([
    [HTTP, { brought: { port: 8080 } }, { port: 8080, ipAddress: '192.0.2.1' }],
    [HTTP, { brought: { ipAddress: '192.0.2.2' }, version: 1 }, { ipAddress: '192.0.2.2' }],
    [
      HTTP,
      { brought: {}, version: 2 },
      'HealthCheckVersionMismatch: The value of HealthCheckVersion in the request, 2, is not that of the health check, 1.',
    ],
    [
      BY_NAME,
      { brought: { ipAddress: '192.0.2.1' } },
      'InvalidInput: Invalid parameter : An IP address cannot be added to a health check that was made without one.',
    ],
    [
      BY_NAME,
      { brought: {}, resetElements: ['FullyQualifiedDomainName'] },
      'InvalidInput: Invalid parameter : Basic health checks must have an IP address or a fully qualified domain name specified.',
    ],
    [
      { ...HTTP, regions: ['us-east-1', 'us-west-1', 'office'], resourcePath: '/x' },
      { brought: { port: 81 }, resetElements: ['Regions', 'ResourcePath'] },
      { port: 81, regions: undefined, resourcePath: undefined },
    ],
    [
      HTTP,
      { brought: {}, resetElements: ['Port'] },
      'InvalidInput: Invalid parameter : ResetElements must be among [ChildHealthChecks, FullyQualifiedDomainName, Regions, ResourcePath], not Port.',
    ],
    [
      HTTP,
      { brought: { resourcePath: '/' }, resetElements: ['ResourcePath'] },
      'InvalidInput: Invalid parameter : ResourcePath must not be both set and reset.',
    ],
    [
      HTTP,
      { brought: { searchString: 'x' } },
      'InvalidInput: Invalid parameter : HTTP health checks must not have a search string specified.',
    ],
  ])('%j %j', (config, command, expected) => {
    const house = new House();
    const check = create(house, config);
    const updated = update(house, { id: check.id, ...command });
    if (typeof updated === 'string') expect(updated).toBe(expected);
    else {
      const { version, config: stored } = updated;
      expect([version, { ...stored, ...(expected as object) }]).toEqual([2, stored]);
    }
  });

  test('a child that was deleted is in the way of no update', () => {
    const house = new House();
    const child = create(house, HTTP);
    const parent = create(house, { type: 'CALCULATED', healthThreshold: 1, childHealthChecks: [child.id] });
    house.run(deleteHealthCheck, { id: child.id });
    expect(update(house, { id: parent.id, brought: { inverted: true } })).toMatchObject({ version: 2 });
    expect(update(house, { id: parent.id, brought: {}, resetElements: ['ChildHealthChecks'] })).toMatchObject({
      config: { childHealthChecks: [] },
    });
  });
});

test('checks are listed by id, counted, observed and gone', () => {
  const house = new House();
  const checks = [
    create(house, HTTP),
    create(house, BY_NAME),
    create(house, { type: 'CALCULATED', healthThreshold: 0 }),
  ];
  const page = listHealthChecks.read(house.draft, { maxItems: 2 }, house.given);
  if (isRefusal(page)) throw new Error(page.message);
  expect(page.nextMarker).toBe(checks.map(({ id }) => id).toSorted()[2]);
  const rest = listHealthChecks.read(house.draft, { maxItems: 2, marker: page.nextMarker ?? '' }, house.given);
  expect(rest).toMatchObject({ checks: [{ id: page.nextMarker }] });
  expect(getHealthCheckCount.read(house.draft, {}, house.given)).toBe(3);
  const [first, , calculated] = checks.map(({ id }) => observedHealthCheck.read(house.draft, { id }, house.given));
  expect(first).toEqual(checks[0]);
  expect(calculated).toMatchObject({ refused: 'InvalidInput' });
  expect(house.run(deleteHealthCheck, { id: checks[0]?.id ?? '' })).toMatchObject({ kind: 'HealthCheckDeleted' });
  expect(house.run(deleteHealthCheck, { id: checks[0]?.id ?? '' })).toMatch(/^NoSuchHealthCheck: /);
  expect(getHealthCheckCount.read(house.draft, {}, house.given)).toBe(2);
});

test('tags: any, but those that say how to probe are read', () => {
  const house = new House();
  const resource = { resourceType: 'healthcheck', resourceId: create(house, HTTP).id };
  const tag = (key: string, value: string): string | undefined => {
    const outcome = house.run(changeTagsForResource, { ...resource, addTags: [{ key, value }] });
    return typeof outcome === 'string' ? outcome : undefined;
  };
  expect(tag('Name', 'front door')).toBeUndefined();
  expect(tag('waypost:interval', '1')).toBeUndefined();
  expect(tag('waypost:interval', '0.5')).toBe(
    'InvalidInput: Invalid parameter : the tag waypost:interval must be a whole number of seconds from 1 to 3600',
  );
  expect(tag('waypost:intervall', '1')).toMatch(/there is no tag waypost:intervall; there are waypost:interval, /);
  expect(listTagsForResource.read(house.draft, resource, house.given)).toMatchObject({ tags: [{ key: 'Name' }, {}] });
  expect(house.run(changeTagsForResource, { ...resource, resourceId: 'h0', removeTagKeys: ['a'] })).toMatch(
    /^NoSuchHealthCheck: /,
  );
  house.run(deleteHealthCheck, { id: resource.resourceId });
  expect(house.draft.rowCounts()).not.toHaveProperty('tags');
});

test('a record set names a health check that is there, and can be deleted when it has gone', () => {
  const house = new House();
  const { id: hostedZoneId } = house.zone('example.com').zone;
  const check = create(house, HTTP);
  const change = (action: string, healthCheckId: string): unknown => {
    const recordSet = {
      name: 'a.example.com',
      type: 'A',
      ttlSeconds: 1,
      values: ['192.0.2.1'],
      policies: [],
      healthCheckId,
    };
    return house.run(changeResourceRecordSets, { hostedZoneId, changes: [{ action, recordSet }] });
  };
  expect(change('CREATE', 'h0')).toBe('NoSuchHealthCheck: No health check exists with the specified ID: h0');
  expect(change('CREATE', check.id)).toMatchObject({ steps: [{ set: { healthCheckId: check.id } }] });
  expect(zoneDataOf(house.draft).healthCheckIndex(check.id)).toBe(check.index);
  house.run(deleteHealthCheck, { id: check.id });
  expect(zoneDataOf(house.draft).healthCheckIndex(check.id)).toBeUndefined();
  expect(change('UPSERT', check.id)).toMatch(/^NoSuchHealthCheck: /);
  expect(change('DELETE', check.id)).toMatchObject({ steps: [{ action: 'REMOVE' }] });
});
