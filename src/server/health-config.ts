import type { AddressRules } from '../core/health/address-rules.ts';
import { parseNetwork } from '../core/health/address-rules.ts';
import { ConfigError } from './config-error.ts';

/** How endpoints are checked: name → [default, what it is]. */
export const healthSettings = {
  WAYPOST_CHECKER_REGIONS: [
    'us-east-1,eu-west-1,ap-southeast-1',
    "this member's checkers: the region name that each goes by, one of Route 53's or your own; 'none' checks nothing",
  ],
  WAYPOST_CHECKER_PROBES: ['2000', 'probes at once, all checkers together'],
  WAYPOST_CHECKER_ALLOW: [
    '',
    'networks that may be checked, such as 10.0.0.0/8; all but link-local and cloud metadata addresses unless set',
  ],
  WAYPOST_CHECKER_DENY: ['', 'networks that may not be checked'],
  WAYPOST_CHECKER_RANGES: [
    '',
    "what GetCheckerIpRanges says, for other people's firewalls; this host's addresses unless set",
  ],
  WAYPOST_WEBHOOKS: ['', 'URLs that are told when the status of a health check changes'],
  WAYPOST_WEBHOOK_SECRET: ['', 'signs what they are told: whsec_ and at least 24 octets in base64'],
} as const satisfies Record<string, readonly [string, string]>;

export type HealthSetting = keyof typeof healthSettings;

export interface HealthConfig {
  readonly checkerRegions: readonly string[];
  readonly probesMax: number;
  readonly addresses: AddressRules;
  /** Undefined: whatever addresses this host has. */
  readonly checkerRanges: readonly string[] | undefined;
  readonly webhooks: WebhookConfig | undefined;
}

export interface WebhookConfig {
  readonly urls: readonly string[];
  readonly secret: Uint8Array;
}

/** How a setting is read; `integer` throws `ConfigError`. */
export interface HealthSettingReader {
  readonly value: (setting: HealthSetting) => string;
  readonly integer: (setting: HealthSetting, min: number, max: number) => number;
}

/** Checkers of one member: each probes every endpoint, so more of them cost more. */
const CHECKERS_MAX = 16;
const PROBES_MAX = 100_000;
const REGION = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;

/** Throws `ConfigError`. */
export function readHealthConfig({ value, integer }: HealthSettingReader): HealthConfig {
  const ranges = networks('WAYPOST_CHECKER_RANGES', value('WAYPOST_CHECKER_RANGES'));
  return {
    checkerRegions: checkerRegions(value('WAYPOST_CHECKER_REGIONS')),
    probesMax: integer('WAYPOST_CHECKER_PROBES', 1, PROBES_MAX),
    addresses: {
      allow: networks('WAYPOST_CHECKER_ALLOW', value('WAYPOST_CHECKER_ALLOW')),
      deny: networks('WAYPOST_CHECKER_DENY', value('WAYPOST_CHECKER_DENY')),
    },
    checkerRanges: ranges.length === 0 ? undefined : ranges,
    webhooks: webhooks(list(value('WAYPOST_WEBHOOKS')), value('WAYPOST_WEBHOOK_SECRET')),
  };
}

function list(text: string): string[] {
  return text === '' ? [] : text.split(',').map((each) => each.trim());
}

function checkerRegions(text: string): string[] {
  if (text === 'none') return [];
  const regions = list(text);
  const wrong = regions.find((region) => !REGION.test(region));
  if (wrong !== undefined) throw new ConfigError('WAYPOST_CHECKER_REGIONS', `'${wrong}' is not a region's name`);
  if (new Set(regions).size < regions.length) throw new ConfigError('WAYPOST_CHECKER_REGIONS', 'a region occurs twice');
  if (regions.length > CHECKERS_MAX) {
    throw new ConfigError('WAYPOST_CHECKER_REGIONS', `${regions.length} checkers are more than ${CHECKERS_MAX}`);
  }
  return regions;
}

function networks(setting: HealthSetting, text: string): string[] {
  const found = list(text);
  const wrong = found.find((network) => parseNetwork(network) === undefined);
  if (wrong !== undefined)
    throw new ConfigError(setting, `'${wrong}' is not a network like 192.0.2.0/24 or 2001:db8::/32`);
  return found;
}

const SECRET_PREFIX = 'whsec_';
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md asks for 24 to 64 octets. */
const SECRET_OCTETS_MIN = 24;
const SECRET_OCTETS_MAX = 64;

function webhooks(urls: readonly string[], secret: string): WebhookConfig | undefined {
  for (const url of urls) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new ConfigError('WAYPOST_WEBHOOKS', `'${url}' is not an http or https URL`);
    }
  }
  if (urls.length === 0) {
    if (secret !== '') throw new ConfigError('WAYPOST_WEBHOOKS', 'is needed with WAYPOST_WEBHOOK_SECRET');
    return undefined;
  }
  const octets = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const fits = octets.length >= SECRET_OCTETS_MIN && octets.length <= SECRET_OCTETS_MAX;
  // The text is a secret, so the message does not repeat it.
  if (!secret.startsWith(SECRET_PREFIX) || !fits) {
    throw new ConfigError(
      'WAYPOST_WEBHOOK_SECRET',
      `must be ${SECRET_PREFIX} and ${SECRET_OCTETS_MIN} to ${SECRET_OCTETS_MAX} octets in base64; make one with: echo "${SECRET_PREFIX}$(openssl rand -base64 32)"`,
    );
  }
  return { urls, secret: new Uint8Array(octets) };
}
