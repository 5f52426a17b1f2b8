import { expect, test } from 'vitest';
import { extensionProblem, extensionsOf } from './extensions.ts';
import type { HealthCheckConfig } from './health-check-config.ts';
import { probePlan, type ProbePlan } from './probe-plan.ts';

function plan(config: Partial<HealthCheckConfig>, tags: Readonly<Record<string, string>> = {}): ProbePlan {
  const extensions = extensionsOf(Object.entries(tags).map(([key, value]) => ({ key, value })));
  return probePlan('id', { type: 'HTTP', inverted: false, disabled: false, ...config }, extensions);
}

function line(probe: ProbePlan, header: string): string | undefined {
  return probe.http?.request
    .split('\r\n')
    .find((each) => each.startsWith(`${header}: `))
    ?.slice(header.length + 2);
}

const NAME = { fullyQualifiedDomainName: 'www.example.com' };
const V4 = { ipAddress: '192.0.2.1' };

test.each<[Partial<HealthCheckConfig>, host: string]>([
  [{ ...V4, ...NAME }, 'www.example.com'],
  [{ ...V4, ...NAME, port: 8080 }, 'www.example.com:8080'],
  [{ ...V4, ...NAME, port: 443 }, 'www.example.com:443'],
  [{ ...V4, ...NAME, type: 'HTTPS' }, 'www.example.com'],
  [{ ...V4, ...NAME, type: 'HTTPS_STR_MATCH', searchString: 'x', port: 80 }, 'www.example.com:80'],
  [{ ...NAME, type: 'HTTP_STR_MATCH', searchString: 'x' }, 'www.example.com'],
  [{ fullyQualifiedDomainName: 'www.example.com.' }, 'www.example.com'],
  [V4, '192.0.2.1'],
  [{ ...V4, port: 81 }, '192.0.2.1:81'],
  [{ ipAddress: '2001:DB8:0::1' }, '[2001:db8::1]'],
  [{ ipAddress: '2001:db8::1', port: 81 }, '[2001:db8::1]:81'],
])('%j: Host %s', (config, host) => {
  expect(line(plan(config), 'Host')).toBe(host);
});

test.each<[Partial<HealthCheckConfig>, tls: ProbePlan['tls']]>([
  [{ ...NAME }, undefined],
  [{ ...NAME, type: 'HTTPS' }, { serverName: 'www.example.com' }],
  [{ ...NAME, type: 'HTTPS', enableSni: true }, { serverName: 'www.example.com' }],
  [{ ...NAME, type: 'HTTPS', enableSni: false }, {}],
  [{ ...V4, type: 'HTTPS', enableSni: true }, {}],
  [{ ...V4, fullyQualifiedDomainName: '192.0.2.7', type: 'HTTPS', enableSni: true }, {}],
])('%j: TLS %j', (config, tls) => {
  expect(plan(config).tls).toEqual(tls);
});

test.each([
  [undefined, '/'],
  ['', '/'],
  ['/a?b=c&d', '/a?b=c&d'],
  ['a/b', '/a/b'],
  ['/a b', '/a%20b'],
  ['/é\r\nX: y', '/%C3%A9%0D%0AX:%20y'],
])('path %j: %s', (resourcePath, target) => {
  const probe = plan({ ...V4, ...(resourcePath === undefined ? {} : { resourcePath }) });
  expect(decodeURI(probe.http?.request.split('\r\n')[0] ?? '')).toBe(decodeURI(`GET ${target} HTTP/1.1`));
  expect(probe.http?.request).toMatch(/^GET \S+ HTTP\/1\.1\r\nHost: /);
});

test('what Route 53 does, unless tags say otherwise', () => {
  expect(plan(NAME)).toMatchObject({
    target: { name: 'www.example.com' },
    intervalMilliseconds: 30_000,
    failureThreshold: 3,
    timeouts: { connectMilliseconds: 4000, statusMilliseconds: 2000, bodyMilliseconds: 2000 },
    failBackDelayMilliseconds: 0,
    http: { codes: [{ first: 200, last: 399 }], bodiless: false },
  });
  expect(line(plan(NAME), 'User-Agent')).toContain('Amazon-Route53-Health-Check-Service');
  expect(plan({ ...V4, type: 'TCP', port: 7 })).toMatchObject({
    target: { address: '192.0.2.1' },
    timeouts: { connectMilliseconds: 10_000 },
  });
  const tags = {
    'waypost:interval': '1',
    'waypost:timeout': '1',
    'waypost:method': 'HEAD',
    'waypost:codes': '200-204, 401',
    'waypost:header:X-Key': 'a b',
    'waypost:header:user-agent': 'mine',
    'waypost:failback-delay': '60',
    Name: 'front door',
  };
  const probe = plan({ ...V4, requestIntervalSeconds: 10, failureThreshold: 1 }, tags);
  expect(probe).toMatchObject({
    intervalMilliseconds: 1000,
    failureThreshold: 1,
    timeouts: { lookupMilliseconds: 1000, connectMilliseconds: 1000, statusMilliseconds: 1000 },
    failBackDelayMilliseconds: 60_000,
    http: {
      codes: [
        { first: 200, last: 204 },
        { first: 401, last: 401 },
      ],
      bodiless: true,
    },
  });
  expect(probe.http?.request).toBe(
    'HEAD / HTTP/1.1\r\nHost: 192.0.2.1\r\nuser-agent: mine\r\nAccept: */*\r\nConnection: close\r\nX-Key: a b\r\n\r\n',
  );
  expect(line(plan(V4, { 'waypost:method': 'POST' }), 'Content-Length')).toBe('0');
});

test.each([
  ['waypost:interval', '0', /a whole number of seconds from 1 to 3600/],
  ['waypost:interval', '', /a whole number/],
  ['waypost:timeout', '11', /from 1 to 10/],
  ['waypost:method', 'get', /one of GET, HEAD/],
  ['waypost:codes', '', /HTTP statuses/],
  ['waypost:codes', '200-100', /HTTP statuses/],
  ['waypost:codes', '20x', /HTTP statuses/],
  ['waypost:header:Host', 'a', /the probe's own/],
  ['waypost:header:', 'a', /the name of an HTTP header/],
  ['waypost:header:X', 'a\r\nY: b', /visible ASCII/],
  ['waypost:toString', 'a', /there is no tag waypost:toString/],
])('%s = %j', (key, value, problem) => {
  expect(extensionProblem({ key, value })).toMatch(problem);
  expect(extensionsOf([{ key, value }])).toEqual({});
});
