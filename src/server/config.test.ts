import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import { flagOf, readConfig, settings, type Config, type Setting } from './config.ts';

type Environment = Partial<Record<Setting, string>>;

const read = (environment: Environment, flags: readonly (readonly [string, string])[] = []): Config =>
  readConfig(environment, new Map(flags));

const local = (...addresses: string[]): Config['nameServerSets'] => [
  { servers: ['ns1.waypost.localhost', 'ns2.waypost.localhost'].map((name) => ({ name, addresses })) },
];

const master = (master: Config['keys']['master']) => ({ master, kmsEndpoint: undefined, pkcs11: undefined });

const accepted: [Environment, Partial<Config>][] = [
  [{}, { dataDirectory: './data', http: { host: '127.0.0.1', port: 8053 }, dns: [{ host: '127.0.0.1', port: 5300 }] }],
  [
    {},
    {
      credential: undefined,
      accountId: '000000000000',
      logLevel: 'info',
      answers: {
        udpBytesMax: 1232,
        serverId: '',
        serverVersion: '',
        cookieSecrets: undefined,
        listenerSets: ['ns1.waypost.localhost,ns2.waypost.localhost'],
        rateLimit: undefined,
        tcpIdleMilliseconds: 10_000,
      },
      nameServerSets: local('127.0.0.1'),
    },
  ],
  [{ WAYPOST_DATA: '' }, { dataDirectory: './data', keys: master({ file: './data.master-key' }) }],
  [{ WAYPOST_DATA: '/var/lib/waypost//' }, { keys: master({ file: '/var/lib/waypost.master-key' }) }],
  [{ WAYPOST_MASTER_KEY_FILE: '/run/secrets/key' }, { keys: master({ file: '/run/secrets/key' }) }],
  [{ WAYPOST_MASTER_KEY: '0f'.repeat(32) }, { keys: master({ secret: Buffer.alloc(32, 0x0f) }) }],
  [{ WAYPOST_HTTP: '[::1]:0' }, { http: { host: '::1', port: 0 } }],
  [
    { WAYPOST_DNS: '192.0.2.1:53, [2001:db8::1]:53' },
    {
      dns: [
        { host: '192.0.2.1', port: 53 },
        { host: '2001:db8::1', port: 53 },
      ],
      nameServerSets: local('192.0.2.1', '2001:db8::1'),
    },
  ],
  [
    { WAYPOST_ACCESS_KEY_ID: 'AKIAEXAMPLE', WAYPOST_SECRET_ACCESS_KEY: 's/+=' },
    { credential: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's/+=' } },
  ],
  [
    { WAYPOST_NAME_SERVERS: 'NS1.example.net.=192.0.2.1+2001:db8::1,ns2.example.net;ns3.example.net=192.0.2.3' },
    {
      nameServerSets: [
        {
          servers: [
            { name: 'ns1.example.net', addresses: ['192.0.2.1', '2001:db8::1'] },
            { name: 'ns2.example.net', addresses: [] },
          ],
        },
        { servers: [{ name: 'ns3.example.net', addresses: ['192.0.2.3'] }] },
      ],
    },
  ],
  [
    { WAYPOST_UDP_WORKERS: '3', WAYPOST_UDP_BYTES: '4096' },
    { udpWorkers: 3, answers: { udpBytesMax: 4096 } as Config['answers'] },
  ],
  [
    {
      WAYPOST_SERVER_ID: 'ams-1',
      WAYPOST_SERVER_VERSION: 'Waypost',
      WAYPOST_COOKIE_SECRETS: `${'0f'.repeat(16)},${'A0'.repeat(16)}`,
    },
    {
      answers: {
        serverId: 'ams-1',
        serverVersion: 'Waypost',
        cookieSecrets: [new Uint8Array(16).fill(0x0f), new Uint8Array(16).fill(0xa0)],
      } as unknown as Config['answers'],
    },
  ],
  [
    { WAYPOST_RATE_LIMIT: '200', WAYPOST_RATE_LIMIT_SLIP: '3', WAYPOST_RATE_LIMIT_ALLOW: '192.0.2.0/24, ::1' },
    {
      answers: {
        rateLimit: {
          perSecond: 200,
          slip: 3,
          ipv4PrefixBits: 24,
          ipv6PrefixBits: 56,
          allowed: [
            { address: Uint8Array.of(192, 0, 2, 0), prefixBits: 24 },
            { address: Uint8Array.of(...Array<number>(15).fill(0), 1), prefixBits: 128 },
          ],
        },
      } as unknown as Config['answers'],
    },
  ],
  [
    { WAYPOST_COOKIE_SECRETS: 'off' },
    { answers: { cookieSecrets: [] as Uint8Array[] } as unknown as Config['answers'] },
  ],
  [
    {
      WAYPOST_DOT: '127.0.0.1:853,[::1]:853',
      WAYPOST_TLS_CERTIFICATE: 'a.pem',
      WAYPOST_TLS_KEY: 'a.key',
    },
    {
      tls: {
        dot: [
          { host: '127.0.0.1', port: 853 },
          { host: '::1', port: 853 },
        ],
        doh: [],
        files: { certificate: 'a.pem', key: 'a.key' },
      },
    },
  ],
  [
    { WAYPOST_TCP_WORKERS: '3', WAYPOST_TCP_CONNECTIONS: '7', WAYPOST_TCP_IDLE_SECONDS: '20' },
    {
      tcpWorkers: 3,
      streams: { connectionsMax: 7, connectionsPerNetworkMax: 1000 },
      answers: { tcpIdleMilliseconds: 20_000 } as Config['answers'],
    },
  ],
];

/** Of each listening address the name-server set that alone has it. */
const owned: [dns: string, nameServers: string, (string | undefined)[]][] = [
  ['192.0.2.1:53,192.0.2.2:53', 'b=192.0.2.1,a;c=192.0.2.2', ['a,b', 'c']],
  ['192.0.2.1:53,192.0.2.2:53', 'a=192.0.2.1+192.0.2.2;c=192.0.2.2', ['a', undefined]],
  ['0.0.0.0:53,192.0.2.3:53', 'a=192.0.2.1;c=192.0.2.2', [undefined, undefined]],
  ['[2001:db8::1]:53', 'a=2001:DB8:0:0::1', ['a']],
];

const refused: [Environment, string][] = [
  [{ WAYPOST_DOT: '127.0.0.1:853' }, 'WAYPOST_TLS_CERTIFICATE: is needed with WAYPOST_DOT'],
  [{ WAYPOST_DOH: '127.0.0.1:443', WAYPOST_TLS_CERTIFICATE: 'a.pem' }, 'WAYPOST_TLS_KEY: is needed with WAYPOST_DOH'],
  [{ WAYPOST_TLS_KEY: 'a.key' }, 'WAYPOST_TLS_KEY: is for WAYPOST_DOT or WAYPOST_DOH, and neither is set'],
  [{ WAYPOST_DOT: '127.0.0.1:5300' }, 'WAYPOST_DOT: 127.0.0.1:5300 is used for something else'],
  [
    { WAYPOST_DOT: '127.0.0.1:853', WAYPOST_DOH: '127.0.0.1:443,127.0.0.1:853' },
    'WAYPOST_DOH: 127.0.0.1:853 is used for something else',
  ],
  [{ WAYPOST_DOT: '853' }, "WAYPOST_DOT: '853' is not an address like 127.0.0.1:5300 or [::1]:5300"],
  [{ WAYPOST_DOH: '127.0.0.1:0' }, 'WAYPOST_DOH: 127.0.0.1:0 needs a port from 1 to 65535'],
  [
    { WAYPOST_HTTP: 'localhost:80' },
    "WAYPOST_HTTP: 'localhost:80' is not an address like 127.0.0.1:5300 or [::1]:5300",
  ],
  [
    { WAYPOST_DNS: '127.0.0.1:65536' },
    "WAYPOST_DNS: '127.0.0.1:65536' is not an address like 127.0.0.1:5300 or [::1]:5300",
  ],
  [{ WAYPOST_DNS: '127.0.0.1:53,[::1]:53,127.0.0.1:53' }, 'WAYPOST_DNS: 127.0.0.1:53 occurs twice'],
  [{ WAYPOST_DNS: '[::1]:0' }, 'WAYPOST_DNS: [::1]:0 needs a port from 1 to 65535'],
  [{ WAYPOST_DNS: '127.0.0.1:53,' }, "WAYPOST_DNS: '' is not an address like 127.0.0.1:5300 or [::1]:5300"],
  [{ WAYPOST_ACCESS_KEY_ID: 'AKIA' }, 'WAYPOST_SECRET_ACCESS_KEY: is needed with WAYPOST_ACCESS_KEY_ID'],
  [{ WAYPOST_SECRET_ACCESS_KEY: 's' }, 'WAYPOST_ACCESS_KEY_ID: is needed with WAYPOST_SECRET_ACCESS_KEY'],
  [{ WAYPOST_MASTER_KEY: 'hush' }, 'WAYPOST_MASTER_KEY: is not 32 octets in hexadecimal (64 digits) or base64'],
  [
    { WAYPOST_MASTER_KEY: '0f'.repeat(32), WAYPOST_MASTER_KEY_FILE: 'key' },
    'WAYPOST_MASTER_KEY: goes without WAYPOST_MASTER_KEY_FILE',
  ],
  [
    { WAYPOST_KMS_ENDPOINT: 'kms.example.net' },
    "WAYPOST_KMS_ENDPOINT: 'kms.example.net' is not a URL like https://kms.us-east-1.amazonaws.com",
  ],
  [{ WAYPOST_PKCS11_MODULE: '/nowhere.so' }, 'WAYPOST_PKCS11_MODULE: /nowhere.so is not there'],
  [{ WAYPOST_PKCS11_MODULE: '/bin/sh' }, 'WAYPOST_PKCS11_PIN_FILE: is needed with WAYPOST_PKCS11_MODULE'],
  [{ WAYPOST_PKCS11_PIN_FILE: 'pin' }, 'WAYPOST_PKCS11_MODULE: is needed with WAYPOST_PKCS11_PIN_FILE'],
  [{ WAYPOST_PKCS11_TOKEN: 'ksk' }, 'WAYPOST_PKCS11_MODULE: is needed with WAYPOST_PKCS11_TOKEN'],
  [{ WAYPOST_ACCOUNT_ID: '12' }, "WAYPOST_ACCOUNT_ID: '12' is not twelve digits"],
  [{ WAYPOST_LOG_LEVEL: 'loud' }, "WAYPOST_LOG_LEVEL: 'loud' is not a log level"],
  [{ WAYPOST_UDP_BYTES: '511' }, "WAYPOST_UDP_BYTES: '511' is not a number from 512 to 4096"],
  [
    { WAYPOST_SERVER_ID: 'x'.repeat(65) },
    `WAYPOST_SERVER_ID: '${'x'.repeat(65)}' is not at most 64 printable ASCII characters`,
  ],
  [{ WAYPOST_RATE_LIMIT: '-1' }, "WAYPOST_RATE_LIMIT: '-1' is not a number from 0 to 100000"],
  [
    { WAYPOST_RATE_LIMIT_PREFIXES: '24,129' },
    "WAYPOST_RATE_LIMIT_PREFIXES: '24,129' is not a number up to 32 and one up to 128",
  ],
  [
    { WAYPOST_RATE_LIMIT_ALLOW: '192.0.2.1/24' },
    "WAYPOST_RATE_LIMIT_ALLOW: '192.0.2.1/24' is not a network like 192.0.2.0/24",
  ],
  [{ WAYPOST_COOKIE_SECRETS: `${'0f'.repeat(16)},0f` }, 'WAYPOST_COOKIE_SECRETS: a secret is not 32 hex digits'],
  [
    { WAYPOST_COOKIE_SECRETS: Array(4).fill('0f'.repeat(16)).join() },
    'WAYPOST_COOKIE_SECRETS: 4 secrets are more than 3',
  ],
  [{ WAYPOST_UDP_WORKERS: '-1' }, "WAYPOST_UDP_WORKERS: '-1' is not a number from 1 to 32"],
  [{ WAYPOST_TCP_WORKERS: '17' }, "WAYPOST_TCP_WORKERS: '17' is not a number from 1 to 16"],
  [{ WAYPOST_TCP_IDLE_SECONDS: '0' }, "WAYPOST_TCP_IDLE_SECONDS: '0' is not a number from 1 to 3600"],
  [{ WAYPOST_NAME_SERVERS: 'ns1.example.net=here' }, "WAYPOST_NAME_SERVERS: 'here' is not an IP address"],
  [
    { WAYPOST_NAME_SERVERS: [1, 2, 3, 4].map((n) => `${`${'x'.repeat(63)}.`.repeat(3)}${'y'.repeat(50)}${n}`).join() },
    'WAYPOST_NAME_SERVERS: has a set whose names are longer than 900 together',
  ],
  [{ WAYPOST_NAME_SERVERS: 'a..b' }, "WAYPOST_NAME_SERVERS: 'a..b' is not a host name"],
  [
    { WAYPOST_NAME_SERVERS: 'ns1.example.net;NS1.example.net' },
    "WAYPOST_NAME_SERVERS: 'ns1.example.net' occurs twice; a name server belongs to one set",
  ],
];

describe('configuration', () => {
  it.each(accepted)('%j is accepted', (environment, expected) => {
    expect(read(environment)).toMatchObject(expected);
  });

  it.each(refused)('%j is refused', (environment, message) => {
    expect(() => read(environment)).toThrow(new ConfigError(...(message.split(/: (.*)/s, 2) as [string, string])));
  });

  it.each(owned)('%s with %s', (dns, nameServers, expected) => {
    const { answers } = read({ WAYPOST_DNS: dns, WAYPOST_NAME_SERVERS: nameServers });
    expect(answers.listenerSets).toEqual(expected);
  });

  it('DNS over TLS and over HTTPS answer from the set of their own addresses, too', () => {
    const { answers } = read({
      WAYPOST_DNS: '192.0.2.1:53,[2001:db8::1]:53',
      WAYPOST_DOT: '[2001:DB8:0::1]:853,192.0.2.9:853',
      WAYPOST_DOH: '192.0.2.3:443',
      WAYPOST_TLS_CERTIFICATE: 'a.pem',
      WAYPOST_TLS_KEY: 'a.key',
      WAYPOST_NAME_SERVERS: 'a=192.0.2.1;b=2001:db8::1;c=192.0.2.3',
    });
    expect(answers.listenerSets).toEqual(['a', 'b', 'b', undefined, 'c']);
  });

  it.each(Object.keys(settings))('%s has a flag', (setting) => {
    expect(flagOf(setting)).toMatch(/^--[a-z0-9-]+$/);
  });

  it('a secret that whoever lists processes would see is no flag', () => {
    expect(() => read({}, [['--master-key', '0f'.repeat(32)]])).toThrow(
      '--master-key: is no flag; WAYPOST_MASTER_KEY in the environment is',
    );
  });

  it('a flag goes before the environment', () => {
    expect(read({ WAYPOST_DATA: '/a' }, [['--data', '/b']]).dataDirectory).toBe('/b');
  });
});
