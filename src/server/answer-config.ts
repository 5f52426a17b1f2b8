import { COOKIE_SECRET_OCTETS } from '../core/answer/edns/server-cookie.ts';
import { LISTENER_SETS_MAX } from '../core/answer/listener-sets.ts';
import { PLAIN_ANSWERS, SERVER_ID_OCTETS_MAX, type AnswerSettings } from '../core/answer/settings.ts';
import { RATE_PER_SECOND_MAX, type RateLimitSettings } from '../core/answer/rate-limit.ts';
import { nameServerSetKey, namesOf } from '../core/control/name-servers.ts';
import type { NameServerSet } from '../core/control/operation.ts';
import { networkHolds, parseNetwork, type Network } from '../core/dns/network.ts';
import type { Address } from '../edge/address.ts';
import { ConfigError } from './config-error.ts';

/** How the name server answers: name → [default, what it is]. */
export const answerSettings = {
  WAYPOST_UDP_BYTES: [String(PLAIN_ANSWERS.udpBytesMax), 'largest UDP answer, 512 to 4096'],
  WAYPOST_SERVER_ID: [
    '',
    "this server's name for those who ask (NSID, CHAOS id.server and hostname.bind); none unless set",
  ],
  WAYPOST_SERVER_VERSION: ['', 'what CHAOS version.server and version.bind are answered with; refused unless set'],
  WAYPOST_COOKIE_SECRETS: [
    '',
    "32 hex digits, the same on all members of an address; more after commas are accepted too (rollover); made at start unless set; 'off'",
  ],
  WAYPOST_RATE_LIMIT: [
    '0',
    'UDP responses of one kind a second to one client network; cookies and TCP are exempt; 0 is no limit',
  ],
  WAYPOST_RATE_LIMIT_SLIP: ['2', 'one in so many of the others is sent truncated; 0: none is sent'],
  WAYPOST_RATE_LIMIT_PREFIXES: ['24,56', 'bits that make a network, of IPv4 and of IPv6'],
  WAYPOST_RATE_LIMIT_ALLOW: ['', 'networks without a limit, such as 192.0.2.0/24,2001:db8::/32'],
  WAYPOST_TCP_IDLE_SECONDS: [
    String(PLAIN_ANSWERS.tcpIdleMilliseconds / 1000),
    'a connection without a query for so long is closed; clients are told (RFC 7828)',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type AnswerSetting = keyof typeof answerSettings;

/** How a setting is read; `integer` throws `ConfigError`. */
export interface SettingReader {
  readonly value: (setting: AnswerSetting) => string;
  readonly integer: (setting: AnswerSetting, min: number, max: number) => number;
}

/** Without cookie secrets one is to be made. */
export interface AnswerConfig extends Omit<AnswerSettings, 'cookieSecrets'> {
  readonly cookieSecrets: readonly Uint8Array[] | undefined;
}

/** `listeners` are the member's addresses in the order in which the edge has them: of DNS, of DNS over TLS, over HTTPS. Throws `ConfigError`. */
export function readAnswerConfig(
  { value, integer }: SettingReader,
  listeners: readonly Address[],
  nameServerSets: readonly NameServerSet[],
): AnswerConfig {
  const listenerSets = listeners.map((listener) => setOwning(listener.host, nameServerSets));
  if (new Set(listenerSets).size > LISTENER_SETS_MAX) {
    throw new ConfigError(
      'WAYPOST_NAME_SERVERS',
      `has listening addresses of more than ${LISTENER_SETS_MAX} name-server sets`,
    );
  }
  return {
    listenerSets,
    udpBytesMax: integer('WAYPOST_UDP_BYTES', 512, 4096),
    serverId: told('WAYPOST_SERVER_ID', value('WAYPOST_SERVER_ID')),
    serverVersion: told('WAYPOST_SERVER_VERSION', value('WAYPOST_SERVER_VERSION')),
    cookieSecrets: cookieSecrets(value('WAYPOST_COOKIE_SECRETS')),
    rateLimit: rateLimit({ value, integer }),
    tcpIdleMilliseconds: integer('WAYPOST_TCP_IDLE_SECONDS', 1, 3600) * 1000,
  };
}

/** The key of the one set that has a server at the address; a wildcard address is no server's. */
function setOwning(host: string, nameServerSets: readonly NameServerSet[]): string | undefined {
  const owners = nameServerSets.filter((set) =>
    set.servers.some((server) => server.addresses.some((address) => sameAddress(address, host))),
  );
  return owners.length === 1 ? nameServerSetKey(namesOf(owners[0] as NameServerSet)) : undefined;
}

/** IPv6 has many spellings. */
function sameAddress(a: string, b: string): boolean {
  const [first, second] = [parseNetwork(a), parseNetwork(b)];
  return first !== undefined && second !== undefined && networkHolds(first, second.address);
}

function rateLimit({ value, integer }: SettingReader): RateLimitSettings | undefined {
  const prefixes = /^([0-9]{1,2}),([0-9]{1,3})$/.exec(value('WAYPOST_RATE_LIMIT_PREFIXES'));
  const [ipv4PrefixBits, ipv6PrefixBits] = [Number(prefixes?.[1]), Number(prefixes?.[2])];
  if (!(ipv4PrefixBits >= 1 && ipv4PrefixBits <= 32 && ipv6PrefixBits >= 1 && ipv6PrefixBits <= 128)) {
    const text = value('WAYPOST_RATE_LIMIT_PREFIXES');
    throw new ConfigError('WAYPOST_RATE_LIMIT_PREFIXES', `'${text}' is not a number up to 32 and one up to 128`);
  }
  const perSecond = integer('WAYPOST_RATE_LIMIT', 0, RATE_PER_SECOND_MAX);
  const slip = integer('WAYPOST_RATE_LIMIT_SLIP', 0, 100);
  const allowed = networks('WAYPOST_RATE_LIMIT_ALLOW', value('WAYPOST_RATE_LIMIT_ALLOW'));
  return perSecond === 0 ? undefined : { perSecond, slip, ipv4PrefixBits, ipv6PrefixBits, allowed };
}

function networks(setting: AnswerSetting, text: string): Network[] {
  const items = text === '' ? [] : text.split(',').map((each) => each.trim());
  return items.map((each) => {
    const network = parseNetwork(each);
    if (network === undefined) throw new ConfigError(setting, `'${each}' is not a network like 192.0.2.0/24`);
    return network;
  });
}

function told(setting: AnswerSetting, text: string): string {
  if (/^[ -~]*$/.test(text) && text.length <= SERVER_ID_OCTETS_MAX) return text;
  throw new ConfigError(setting, `'${text}' is not at most ${SERVER_ID_OCTETS_MAX} printable ASCII characters`);
}

/** One that makes cookies, and on each side of a rollover one that is accepted. */
const COOKIE_SECRETS_MAX = 3;

function cookieSecrets(text: string): readonly Uint8Array[] | undefined {
  if (text === '') return undefined;
  if (text === 'off') return [];
  const secrets = text.split(',').map((each) => each.trim());
  if (secrets.length > COOKIE_SECRETS_MAX) {
    throw new ConfigError('WAYPOST_COOKIE_SECRETS', `${secrets.length} secrets are more than ${COOKIE_SECRETS_MAX}`);
  }
  return secrets.map((each) => {
    // The text is a secret, so the message does not repeat it.
    if (!/^[0-9a-fA-F]*$/.test(each) || each.length !== COOKIE_SECRET_OCTETS * 2) {
      throw new ConfigError('WAYPOST_COOKIE_SECRETS', 'a secret is not 32 hex digits');
    }
    return Uint8Array.from(each.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  });
}
