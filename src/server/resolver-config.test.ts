import { expect, test } from 'vitest';
import { controlSettings, readConfig } from './config.ts';
import type { ResolverConfig } from './resolver-config.ts';

test.each<[string, ResolverConfig, boolean]>([
  ['', undefined, false],
  ['system', 'system', true],
  ['192.0.2.53,[2001:db8::53]:5353', ['192.0.2.53', '[2001:db8::53]:5353'], true],
  ['192.0.2.53:5353, 2001:db8::53', ['192.0.2.53:5353', '2001:db8::53'], true],
])("WAYPOST_RESOLVERS='%s'", (text, resolvers, resolvesHosts) => {
  const config = readConfig({ WAYPOST_RESOLVERS: text }, new Map());
  expect(config.resolvers).toEqual(resolvers);
  expect(controlSettings(config).resolvesHosts).toBe(resolvesHosts);
});

test.each(['dns.example', '192.0.2.53,', 'system,192.0.2.53', '[192.0.2', '192.0.2.53:65536'])(
  "WAYPOST_RESOLVERS='%s' is refused",
  (text) => {
    expect(() => readConfig({ WAYPOST_RESOLVERS: text }, new Map())).toThrow(
      /^WAYPOST_RESOLVERS: '[^']*' is not an address like 192\.0\.2\.53 or \[2001:db8::53\]:5353$/,
    );
  },
);
