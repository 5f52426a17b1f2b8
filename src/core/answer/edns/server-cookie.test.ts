import { describe, expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../../dns/ip-address.ts';
import { ServerCookies } from './server-cookie.ts';
import { sipHash } from './sip-hash.ts';

const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
const octetsOf = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** What the server answers to a cookie: its own, and whether the client's was good. */
function answered(secrets: string, client: string, nowSeconds: number, cookie: string): string {
  const presented = new Uint8Array(40);
  presented.set(octetsOf(cookie));
  const address = parseIpv4(client) ?? parseIpv6(client) ?? new Uint8Array(0);
  const cookies = new ServerCookies(secrets.split(' ').map(octetsOf));
  const good = cookies.check(address, nowSeconds, presented, cookie.length / 2);
  return `${hex(cookies.reply)} ${good ? 'good' : 'new'}`;
}

const SECRET = 'e5e973e5a6b2a43f48e7dc849e37bfcf';
const A1 = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
const A1_MADE = 1_559_731_985;

describe('RFC 9018 appendix A', () => {
  const rows: [string, string, string, number, string, string][] = [
    ['A.1 learning a cookie', SECRET, '198.51.100.100', A1_MADE, '2464c4abcf10c957', `${A1} new`],
    [
      'A.2 renewing it',
      SECRET,
      '198.51.100.100',
      1_559_734_385,
      A1,
      '2464c4abcf10c957010000005cf7a871d4a564a1442aca77 good',
    ],
    [
      'A.3 reserved octets count',
      SECRET,
      '203.0.113.203',
      1_559_727_985,
      'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5',
      'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5 good',
    ],
    [
      'A.3 renewed when it is over',
      SECRET,
      '203.0.113.203',
      1_559_734_700,
      'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5',
      'fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e new',
    ],
    [
      'A.4 a secret that was rolled over',
      '445536bcd2513298075a5d379663c962 dd3bdf9344b678b185a6f5cb60fca715',
      '2001:db8:220:1:59de:d0f4:8769:82b8',
      1_559_741_961,
      '22681ab97d52c298010000005cf7c57926556bd0934c72f8',
      '22681ab97d52c298010000005cf7c609a6bb79d16625507a good',
    ],
  ];
  test.each(rows)('%s', (_, secrets, client, now, cookie, expected) =>
    expect(answered(secrets, client, now, cookie)).toBe(expected),
  );
});

describe('a server cookie', () => {
  const good = (now: number, cookie = A1, client = '198.51.100.100', secret = SECRET): string =>
    answered(secret, client, now, cookie).slice(49);
  const rows: [string, string, string][] = [
    ['lasts an hour', good(A1_MADE + 3600), 'good'],
    ['and no longer', good(A1_MADE + 3601), 'new'],
    ['may be five minutes ahead', good(A1_MADE - 300), 'good'],
    ['and no more', good(A1_MADE - 301), 'new'],
    ['is good for its address only', good(A1_MADE, A1, '198.51.100.101'), 'new'],
    ['is good for its client cookie only', good(A1_MADE, A1.replace('2464', '2465')), 'new'],
    ['is good with its secret only', good(A1_MADE, A1, '198.51.100.100', SECRET.replace('e5', 'e6')), 'new'],
    ['must have our version', good(A1_MADE, A1.replace('5701', '5702')), 'new'],
    ['must have our length', good(A1_MADE, `${A1}00`), 'new'],
  ];
  test.each(rows)('%s', (_, actual, expected) => expect(actual).toBe(expected));

  test('goes back as it came for half an hour', () => {
    expect(answered(SECRET, '198.51.100.100', A1_MADE + 1800, A1)).toBe(`${A1} good`);
    expect(answered(SECRET, '198.51.100.100', A1_MADE + 1801, A1)).not.toBe(`${A1} good`);
  });
});

test('SipHash-2-4 of the first octets, with the key 0 to 15, as its authors give it', () => {
  const key = new Int32Array(Uint8Array.from({ length: 16 }, (_, index) => index).buffer);
  const message = Uint8Array.from({ length: 15 }, (_, index) => index);
  const out = new Uint8Array(8);
  const hashOf = (length: number): string => {
    sipHash(message, length, key, out, 0);
    return hex(out);
  };
  expect([0, 1, 8, 15].map(hashOf)).toEqual([
    '310e0edd47db6f72',
    'fd67dc93c539f874',
    '62 24 93 9a 79 f5 f5 93'.replaceAll(' ', ''),
    'e545be4961ca29a1',
  ]);
});
