import { expect, test } from 'vitest';
import { readConfig, type Setting } from './config.ts';
import type { HealthConfig } from './health-config.ts';

const read = (environment: Partial<Record<Setting, string>>): HealthConfig => readConfig(environment, new Map()).health;
const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

test.each<[Partial<Record<Setting, string>>, Partial<HealthConfig>]>([
  [
    {},
    {
      checkerRegions: ['us-east-1', 'eu-west-1', 'ap-southeast-1'],
      probesMax: 2000,
      addresses: { allow: [], deny: [] },
      checkerRanges: undefined,
      webhooks: undefined,
    },
  ],
  [{ WAYPOST_CHECKER_REGIONS: 'none' }, { checkerRegions: [] }],
  [{ WAYPOST_CHECKER_REGIONS: 'office, us-west-2' }, { checkerRegions: ['office', 'us-west-2'] }],
  [{ WAYPOST_CHECKER_DENY: '10.0.0.0/8,::1' }, { addresses: { allow: [], deny: ['10.0.0.0/8', '::1'] } }],
  [{ WAYPOST_CHECKER_RANGES: '192.0.2.0/24' }, { checkerRanges: ['192.0.2.0/24'] }],
  [
    { WAYPOST_WEBHOOKS: 'https://a.example/hook', WAYPOST_WEBHOOK_SECRET: SECRET },
    { webhooks: { urls: ['https://a.example/hook'], secret: new Uint8Array(24).fill(1) } },
  ],
])('%j', (environment, expected) => {
  expect(read(environment)).toMatchObject(expected);
});

test.each<[Partial<Record<Setting, string>>, string]>([
  [{ WAYPOST_CHECKER_REGIONS: 'a b' }, "WAYPOST_CHECKER_REGIONS: 'a b' is not a region's name"],
  [{ WAYPOST_CHECKER_REGIONS: 'a,a' }, 'WAYPOST_CHECKER_REGIONS: a region occurs twice'],
  [{ WAYPOST_CHECKER_PROBES: '0' }, "WAYPOST_CHECKER_PROBES: '0' is not a number from 1 to 100000"],
  [
    { WAYPOST_CHECKER_ALLOW: 'here' },
    "WAYPOST_CHECKER_ALLOW: 'here' is not a network like 192.0.2.0/24 or 2001:db8::/32",
  ],
  [{ WAYPOST_WEBHOOKS: 'ftp://a.example' }, "WAYPOST_WEBHOOKS: 'ftp://a.example' is not an http or https URL"],
  [{ WAYPOST_WEBHOOK_SECRET: SECRET }, 'WAYPOST_WEBHOOKS: is needed with WAYPOST_WEBHOOK_SECRET'],
])('%j is refused', (environment, message) => {
  expect(() => read(environment)).toThrow(message);
});

test('a webhook secret that is too short is refused without being repeated', () => {
  const environment = { WAYPOST_WEBHOOKS: 'https://a.example', WAYPOST_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' };
  expect(() => read(environment)).toThrow(/^WAYPOST_WEBHOOK_SECRET: must be whsec_ and 24 to 64 octets in base64/);
  expect(() => read(environment)).not.toThrow(/c2hvcnQ/);
});
