import { availableParallelism } from 'node:os';
import { isIP } from 'node:net';
import { normaliseName } from '../core/dns/name-key.ts';
import type { ControlSettings, NameServerSet, Quotas } from '../core/control/operation.ts';
import { printAddress, type Address } from '../edge/address.ts';
import { answerSettings, readAnswerConfig, type AnswerConfig } from './answer-config.ts';
import { ConfigError } from './config-error.ts';
import { healthSettings, readHealthConfig, type HealthConfig } from './health-config.ts';
import { ENVIRONMENT_ONLY, keySettings, readKeyConfig, type KeyConfig } from './key-config.ts';
import { readResolverConfig, resolverSettings, type ResolverConfig } from './resolver-config.ts';
import { readTlsConfig, tlsSettings, type TlsConfig } from './tls-config.ts';

/** Everything an operator can set, from the environment or a flag of the same meaning (`WAYPOST_DATA` is `--data`). */
export interface Config {
  readonly dataDirectory: string;
  readonly http: Address;
  readonly dns: readonly Address[];
  readonly keys: KeyConfig;
  readonly credential: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly accountId: string;
  readonly nameServerSets: readonly NameServerSet[];
  /** Paths of location databases; none for those that come with Waypost. */
  readonly geoDatabases: readonly string[];
  /** The file of measured latencies; undefined for none. */
  readonly latenciesFile: string | undefined;
  readonly logLevel: string;
  readonly udpWorkers: number;
  readonly planCacheBytes: number;
  readonly answers: AnswerConfig;
  readonly tcpWorkers: number;
  /** Limits of TCP, TLS and HTTPS, all connections of the member together. */
  readonly streams: {
    readonly connectionsMax: number;
    readonly connectionsPerNetworkMax: number;
  };
  readonly tls: TlsConfig | undefined;
  readonly quotas: Quotas;
  readonly health: HealthConfig;
  readonly resolvers: ResolverConfig;
  /** The file that says which zones are transferred where; undefined for none. */
  readonly transfersFile: string | undefined;
}

/** Name → [default, what it is]; the one list that `waypost help` prints and `readConfig` reads. */
export const settings = {
  WAYPOST_DATA: ['./data', 'data directory'],
  WAYPOST_HTTP: ['127.0.0.1:8053', 'address of the API'],
  WAYPOST_DNS: ['127.0.0.1:5300', 'addresses of the name server, UDP and TCP; several are separated by commas'],
  WAYPOST_ACCESS_KEY_ID: ['', 'access key to use instead of making one; goes with WAYPOST_SECRET_ACCESS_KEY'],
  WAYPOST_SECRET_ACCESS_KEY: ['', 'its secret'],
  ...keySettings,
  WAYPOST_ACCOUNT_ID: ['000000000000', 'twelve digits, shown in ARNs'],
  WAYPOST_NAME_SERVERS: [
    '',
    'your name servers: ns1.example.net=192.0.2.1+2001:db8::1,ns2.example.net=192.0.2.2; sets are separated by semicolons',
  ],
  WAYPOST_GEO_DATABASE: [
    '',
    "location databases in MaxMind's format, separated by commas; those that come with Waypost unless set",
  ],
  WAYPOST_LATENCIES: [
    '',
    'file of measured latencies: lines of network,region,milliseconds; read again when it changes or on SIGHUP',
  ],
  WAYPOST_LOG_LEVEL: ['info', 'fatal, error, warn, info, debug, trace or silent'],
  WAYPOST_UDP_WORKERS: ['', 'threads that answer UDP; one per core unless set'],
  WAYPOST_PLAN_CACHE_BYTES: [String(256 * 2 ** 20), 'memory for compiled answers, all workers together'],
  ...answerSettings,
  WAYPOST_TCP_WORKERS: ['', 'threads that answer TCP; one for every two cores unless set'],
  WAYPOST_TCP_CONNECTIONS: ['10000', 'connections at once; beyond, the idlest are closed'],
  WAYPOST_TCP_CONNECTIONS_PER_NETWORK: ['1000', 'connections at once from an IPv4 /24 or an IPv6 /56'],
  ...resolverSettings,
  ...healthSettings,
  ...tlsSettings,
  WAYPOST_TRANSFERS: [
    '',
    'file that says which zones are transferred where (docs/transfers.md); SIGHUP reads it again',
  ],
  WAYPOST_QUOTA_HOSTED_ZONES: ['10000000', 'hosted zones'],
  WAYPOST_QUOTA_RECORD_SETS: ['10000000', 'record sets in a hosted zone'],
  WAYPOST_QUOTA_DELEGATION_SETS: ['10000', 'reusable delegation sets'],
  WAYPOST_QUOTA_ZONES_PER_DELEGATION_SET: ['10000000', 'hosted zones of a reusable delegation set'],
  WAYPOST_QUOTA_HEALTH_CHECKS: ['100000', 'health checks'],
} as const satisfies Record<string, readonly [string, string]>;

/** What deciding a command needs of them, here or behind the operator's door. */
export function controlSettings(config: Config): ControlSettings {
  return {
    accountId: config.accountId,
    nameServerSets: config.nameServerSets,
    quotas: config.quotas,
    healthChecks: { addresses: config.health.addresses, checkerRegions: config.health.checkerRegions },
    resolvesHosts: config.resolvers !== undefined,
  };
}

export type Setting = keyof typeof settings;

export function flagOf(setting: string): string {
  return `--${setting.slice('WAYPOST_'.length).toLowerCase().replaceAll('_', '-')}`;
}

/** Throws `ConfigError`. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: ReadonlyMap<string, string>,
): Config {
  const value = (setting: Setting): string =>
    flags.get(flagOf(setting)) ?? (environment[setting] || settings[setting][0]);
  const integer = (setting: Setting, min: number, max: number): number => {
    const number = /^[0-9]{1,15}$/.test(value(setting)) ? Number(value(setting)) : NaN;
    if (!(number >= min && number <= max))
      throw new ConfigError(setting, `'${value(setting)}' is not a number from ${min} to ${max}`);
    return number;
  };
  for (const setting of ENVIRONMENT_ONLY) {
    if (flags.has(flagOf(setting)))
      throw new ConfigError(flagOf(setting), `is no flag; ${setting} in the environment is`);
  }
  const dns = addresses('WAYPOST_DNS', value('WAYPOST_DNS'));
  const nameServers = nameServerSets(value('WAYPOST_NAME_SERVERS'), dns);
  const tls = readTlsConfig(dns, value, addresses);
  const most = Number.MAX_SAFE_INTEGER;
  return {
    dataDirectory: value('WAYPOST_DATA'),
    http: address('WAYPOST_HTTP', value('WAYPOST_HTTP')),
    dns,
    keys: readKeyConfig(value('WAYPOST_DATA'), value),
    credential: credential(value('WAYPOST_ACCESS_KEY_ID'), value('WAYPOST_SECRET_ACCESS_KEY')),
    accountId: matching('WAYPOST_ACCOUNT_ID', value('WAYPOST_ACCOUNT_ID'), /^[0-9]{12}$/, 'is not twelve digits'),
    nameServerSets: nameServers,
    geoDatabases: value('WAYPOST_GEO_DATABASE')
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== ''),
    latenciesFile: value('WAYPOST_LATENCIES') || undefined,
    logLevel: matching(
      'WAYPOST_LOG_LEVEL',
      value('WAYPOST_LOG_LEVEL'),
      /^(fatal|error|warn|info|debug|trace|silent)$/,
      'is not a log level',
    ),
    udpWorkers:
      value('WAYPOST_UDP_WORKERS') === ''
        ? Math.min(availableParallelism(), 32)
        : integer('WAYPOST_UDP_WORKERS', 1, 32),
    planCacheBytes: integer('WAYPOST_PLAN_CACHE_BYTES', 2 ** 20, 2 ** 36),
    answers: readAnswerConfig({ value, integer }, [...dns, ...(tls?.dot ?? []), ...(tls?.doh ?? [])], nameServers),
    tcpWorkers:
      value('WAYPOST_TCP_WORKERS') === ''
        ? Math.min(Math.max(availableParallelism() >> 1, 1), 16)
        : integer('WAYPOST_TCP_WORKERS', 1, 16),
    streams: {
      connectionsMax: integer('WAYPOST_TCP_CONNECTIONS', 1, 1_000_000),
      connectionsPerNetworkMax: integer('WAYPOST_TCP_CONNECTIONS_PER_NETWORK', 1, 1_000_000),
    },
    tls,
    quotas: {
      hostedZonesMax: integer('WAYPOST_QUOTA_HOSTED_ZONES', 1, most),
      recordSetsPerZoneMax: integer('WAYPOST_QUOTA_RECORD_SETS', 2, most),
      delegationSetsMax: integer('WAYPOST_QUOTA_DELEGATION_SETS', 1, most),
      zonesPerDelegationSetMax: integer('WAYPOST_QUOTA_ZONES_PER_DELEGATION_SET', 1, most),
      healthChecksMax: integer('WAYPOST_QUOTA_HEALTH_CHECKS', 1, most),
    },
    transfersFile: value('WAYPOST_TRANSFERS') || undefined,
    health: readHealthConfig({ value, integer }),
    resolvers: readResolverConfig(value('WAYPOST_RESOLVERS')),
  };
}

function matching(setting: Setting, value: string, pattern: RegExp, what: string): string {
  if (!pattern.test(value)) throw new ConfigError(setting, `'${value}' ${what}`);
  return value;
}

function address(setting: Setting, text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (isIP(host) === 0 || !(port >= 0 && port <= 65_535)) {
    throw new ConfigError(setting, `'${text}' is not an address like 127.0.0.1:5300 or [::1]:5300`);
  }
  return { host, port };
}

function addresses(setting: Setting, text: string): Address[] {
  const all = text.split(',').map((each) => address(setting, each.trim()));
  const seen = new Set<string>();
  for (const each of all) {
    // Every socket would get a port of its own.
    if (each.port === 0) throw new ConfigError(setting, `${printAddress(each)} needs a port from 1 to 65535`);
    if (seen.has(printAddress(each))) throw new ConfigError(setting, `${printAddress(each)} occurs twice`);
    seen.add(printAddress(each));
  }
  return all;
}

function credential(accessKeyId: string, secretAccessKey: string): Config['credential'] {
  if (accessKeyId === '' && secretAccessKey === '') return undefined;
  if (accessKeyId === '') throw new ConfigError('WAYPOST_ACCESS_KEY_ID', 'is needed with WAYPOST_SECRET_ACCESS_KEY');
  if (secretAccessKey === '')
    throw new ConfigError('WAYPOST_SECRET_ACCESS_KEY', 'is needed with WAYPOST_ACCESS_KEY_ID');
  matching('WAYPOST_ACCESS_KEY_ID', accessKeyId, /^\w{4,128}$/, 'is not 4 to 128 letters and digits');
  return { accessKeyId, secretAccessKey };
}

/** Names below `localhost` resolve to this machine wherever RFC 6761 §6.3 is kept: right for a laptop, and plainly not for more. */
const LOCAL_NAME_SERVERS = ['ns1.waypost.localhost', 'ns2.waypost.localhost'];

/** They are in a key of the store together with a zone's name, of up to a thousand characters; LMDB's keys have 1,978 octets. */
const SET_CHARACTERS_MAX = 900;

function nameServerSets(text: string, dns: readonly Address[]): NameServerSet[] {
  if (text === '') {
    return [{ servers: LOCAL_NAME_SERVERS.map((name) => ({ name, addresses: dns.map((each) => each.host) })) }];
  }
  const seen = new Set<string>();
  return text.split(';').map((set) => {
    const servers = set.split(',').map((server) => nameServer(server.trim(), seen));
    const characters = servers.reduce((sum, { name }) => sum + name.length + 1, 0);
    if (characters > SET_CHARACTERS_MAX) {
      throw new ConfigError(
        'WAYPOST_NAME_SERVERS',
        `has a set whose names are longer than ${SET_CHARACTERS_MAX} together`,
      );
    }
    return { servers };
  });
}

function nameServer(text: string, seen: Set<string>): { name: string; addresses: string[] } {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase().replace(/\.$/, '');
  const addresses = equals < 0 ? [] : text.slice(equals + 1).split('+');
  try {
    normaliseName(name);
  } catch {
    throw new ConfigError('WAYPOST_NAME_SERVERS', `'${name}' is not a host name`);
  }
  const wrong = addresses.find((each) => isIP(each) === 0);
  if (wrong !== undefined) throw new ConfigError('WAYPOST_NAME_SERVERS', `'${wrong}' is not an IP address`);
  if (seen.has(name))
    throw new ConfigError('WAYPOST_NAME_SERVERS', `'${name}' occurs twice; a name server belongs to one set`);
  seen.add(name);
  return { name, addresses };
}
