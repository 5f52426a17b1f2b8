import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../../core/dns/ip-address.ts';
import { parseName } from '../../core/dns/name.ts';
import { isInNetwork, parseNetwork } from './network.ts';
import { readTransferFile } from './transfer-file.ts';
import { TransferRules, transferredOut } from './transfer-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'waypost-transfers-'));
afterAll(() => rmSync(directory, { recursive: true }));
const SECRET = 'c2VjcmV0IG9mIHRoZSB0ZXN0';
writeFileSync(join(directory, 'good.key'), `${SECRET}\n`, { mode: 0o600 });
writeFileSync(join(directory, 'open.key'), SECRET);
chmodSync(join(directory, 'open.key'), 0o644);
writeFileSync(join(directory, 'short.key'), 'c2hvcnQ=', { mode: 0o600 });

function read(file: unknown, mode = 0o600) {
  const path = join(directory, 'transfers.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  chmodSync(path, mode);
  return readTransferFile(path);
}

const keys = { 'k.example': { algorithm: 'hmac-sha256', secretFile: 'good.key' } };
const client = (text: string): Uint8Array => (parseIpv4(text) ?? parseIpv6(text)) as Uint8Array;

test('a whole file', () => {
  const settings = read({
    keys,
    out: [
      {
        zones: ['Example.com', 'example.net.'],
        allow: [{ network: '192.0.2.0/24', key: 'K.example' }, { network: '2001:db8::1' }],
      },
      {
        zones: '*',
        notify: [
          { address: '[2001:db8::53]:5353', key: 'k.example', source: '2001:db8::1' },
          { address: '192.0.2.53' },
        ],
      },
    ],
    in: [
      {
        zones: ['example.org'],
        primaries: [{ address: '198.51.100.1', key: 'k.example' }],
        allowNotify: [{ network: '203.0.113.0/24' }],
      },
    ],
  });
  const rules = new TransferRules(settings);
  const key = rules.keys.find(parseName('k.example'));
  expect(transferredOut(settings)).toBe('all');
  expect(rules.notified('anything.example.').map(({ host, port, source }) => [host, port, source])).toEqual([
    ['2001:db8::53', 5353, '2001:db8::1'],
    ['192.0.2.53', 53, undefined],
  ]);
  expect([
    rules.mayTransfer('example.com.', client('192.0.2.7'), key),
    rules.mayTransfer('example.com.', client('192.0.2.7'), undefined),
    rules.mayTransfer('example.com.', client('192.0.3.7'), key),
    rules.mayTransfer('example.net.', client('2001:db8::1'), undefined),
    rules.mayTransfer('other.example.', client('192.0.2.7'), key),
  ]).toEqual([true, false, false, true, false]);
  expect(rules.secondary('org.example.')?.rule.allowNotify).toMatchObject([
    { network: { prefixBits: 32 }, key: { macOctets: 32 } },
    { network: { prefixBits: 24 } },
  ]);
});

test('nothing is a file, too', () => {
  expect(read({})).toEqual({ keys: [], out: [], in: [] });
});

const out = (rule: object): object => ({ keys, out: [{ zones: ['example.com'], ...rule }] });
const secondary = (rule: object): object => ({
  keys,
  in: [{ zones: ['example.com'], primaries: [{ address: '192.0.2.1' }], ...rule }],
});

test.each([
  ['not JSON', '{', /transfers\.json is not JSON: /],
  ['a list', [], 'the file: is not an object'],
  ['an unknown member', { outs: [] }, "the file: there is no 'outs' here, only keys, out, in"],
  [
    'an unknown algorithm',
    { keys: { k: { algorithm: 'hmac-md5', secretFile: 'good.key' } } },
    'keys["k"].algorithm: is one of hmac-sha1,',
  ],
  ['no secret', { keys: { k: {} } }, 'keys["k"]: has exactly one of secret and secretFile'],
  [
    'two secrets',
    { keys: { k: { secret: SECRET, secretFile: 'good.key' } } },
    'keys["k"]: has exactly one of secret and secretFile',
  ],
  [
    'a secret file that is not there',
    { keys: { k: { secretFile: 'no.key' } } },
    /keys\["k"\]\.secretFile: .*no\.key cannot be read \(ENOENT\)/,
  ],
  [
    'a secret file that others read',
    { keys: { k: { secretFile: 'open.key' } } },
    /open\.key holds a secret and others may read it \(mode 644\): chmod 600/,
  ],
  [
    'a short secret',
    { keys: { k: { secretFile: 'short.key' } } },
    'keys["k"].secretFile: has 5 octets, and at least 10 are needed',
  ],
  ['a secret that is not base64', { keys: { k: { secret: 'not base64!' } } }, 'keys["k"].secret: is not base64'],
  ['a key name that is none', { keys: { 'a..b': { secret: SECRET } } }, `keys["a..b"]: 'a..b' is not a domain name`],
  [
    'one key twice',
    { keys: { 'k.example': { secret: SECRET }, 'K.example.': { secret: SECRET } } },
    'keys["K.example."]: occurs twice, in another spelling',
  ],
  ['no zones', { out: [{}] }, 'out[0].zones: is missing'],
  ['an empty list of zones', { out: [{ zones: [] }] }, 'out[0].zones: has at least one name'],
  ['a zone that is no name', { out: [{ zones: ['a', 'b..c'] }] }, "out[0].zones[1]: 'b..c' is not a domain name"],
  [
    'a network that is none',
    out({ allow: [{ key: 'k.example' }, { network: '192.0.2.1/24' }] }),
    "out[0].allow[1].network: '192.0.2.1/24' is not a network",
  ],
  ['an entry that says nothing', out({ allow: [{}] }), 'out[0].allow[0]: has a network, a key, or both'],
  ['an unknown key', out({ allow: [{ key: 'other' }] }), "out[0].allow[0].key: there is no key 'other' under keys"],
  [
    'an address that is none',
    out({ notify: [{ address: 'ns1.example.net' }] }),
    "out[0].notify[0].address: 'ns1.example.net' is not an address",
  ],
  [
    'a port that is none',
    out({ notify: [{ address: '192.0.2.1:0' }] }),
    "out[0].notify[0].address: '192.0.2.1:0' is not an address",
  ],
  [
    'a source of another family',
    out({ notify: [{ address: '192.0.2.1', source: '::1' }] }),
    "out[0].notify[0].source: '::1' is not an IP address of the same family",
  ],
  [
    'too many addresses',
    out({ notify: Array.from({ length: 17 }, () => ({ address: '192.0.2.1' })) }),
    'out[0].notify: more than 16 addresses',
  ],
  ['all zones in', secondary({ zones: '*' }), 'in[0].zones: is a list of names here, not "*"'],
  ['no primaries', secondary({ primaries: [] }), 'in[0].primaries: has at least one address'],
  [
    'one zone in twice',
    { in: [1, 2].map(() => ({ zones: ['example.com'], primaries: [{ address: '192.0.2.1' }] })) },
    'in: example.com. occurs twice',
  ],
  ['a number for a list', out({ allow: 7 }), 'out[0].allow: is not a list'],
  ['a number for text', out({ allow: [{ network: 7 }] }), 'out[0].allow[0].network: is not text'],
])('refused: %s', (_what, file, message) => expect(() => read(file)).toThrow(message));

test('a secret in the file itself needs a file that only its owner reads', () => {
  const file = { keys: { k: { secret: SECRET } } };
  expect(read(file).keys).toHaveLength(1);
  expect(() => read(file, 0o640)).toThrow('holds a secret and others may read it (mode 640)');
  expect(read({ keys }, 0o644).keys).toHaveLength(1);
});

describe('networks', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '::1', true],
  ])('%s holds %s: %s', (network, address, expected) => {
    const parsed = parseNetwork(network);
    expect(parsed !== undefined && isInNetwork(client(address), parsed)).toBe(expected);
  });
  test.each(['192.0.2.0/33', '192.0.2.0/', '192.0.2.0/24/1', '::/129', 'example', '192.0.2.0/x', '192.0.2'])(
    '%s is none',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );
});
