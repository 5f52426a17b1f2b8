import { describe, expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerQuery } from './answer-query.ts';
import { answerText, packetOf, queryOf, textOf, worldOf } from './answer-text.ts';
import { PLAIN_ANSWERS, type AnswerSettings } from './settings.ts';

const ZONE = `
$ZONE example.com.
@     900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
www   60  A     192.0.2.1
big   60  TXT   "${'x'.repeat(250)}"
big   60  TXT   "${'y'.repeat(190)}"
${Array.from({ length: 300 }, (_, n) => `vast 60 TXT "${n}${'x'.repeat(250)}"`).join('\n')}
`;
const zones = zonesFromText(ZONE);

const hex = (text: string): string =>
  Array.from(text, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
const secretOf = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const SECRET = secretOf('e5e973e5a6b2a43f48e7dc849e37bfcf');
const SETTINGS: AnswerSettings = {
  ...PLAIN_ANSWERS,
  serverId: 'ams-1',
  serverVersion: 'Waypost 1',
  cookieSecrets: [SECRET],
};

/** The first line of the answer: rcode, flags, and what OPT says. */
function first(query: string, settings = SETTINGS): string {
  return answerText(worldOf(zones, 1 << 16, settings), query).split('\n')[0] as string;
}

const A = 'www.example.com A';
const OK = 'NOERROR aa rd edns=1232';
const FORMERR = 'FORMERR rd edns=1232';

describe('NSID (RFC 5001)', () => {
  const rows: [string, string, AnswerSettings][] = [
    [`${A} +nsid`, `${OK} nsid=${hex('ams-1')}`, SETTINGS],
    [`${A} +nsid +tcp`, `${OK} nsid=${hex('ams-1')}`, SETTINGS],
    [`${A} +nsid`, OK, PLAIN_ANSWERS],
    [`${A} +edns=1232`, OK, SETTINGS],
  ];
  test.each(rows)('%s: %s', (query, expected, settings) => expect(first(query, settings)).toBe(expected));
});

describe('cookies (RFC 7873, RFC 9018)', () => {
  const at = '+client=198.51.100.100 +now=1559731985';
  const client = '2464c4abcf10c957';
  const cookie = `${client}010000005cf79f111f8130c3eee29480`;
  const wrong = `${client}010000005cf79f111f8130c3eee29481`;
  const rows: [string, string, string][] = [
    ['a client cookie gets a server cookie', `${A} ${at} +cookie=${client}`, `${OK} cookie=${cookie}`],
    ['a good cookie goes back', `${A} ${at} +cookie=${cookie}`, `${OK} cookie=${cookie}`],
    ['a wrong one is answered with the right one', `${A} ${at} +cookie=${wrong}`, `${OK} cookie=${cookie}`],
    ['of another length, too', `${A} ${at} +cookie=${cookie}00`, `${OK} cookie=${cookie}`],
    ['also by TCP', `${A} ${at} +tcp +cookie=${client}`, `${OK} cookie=${cookie}`],
    ['of two the first counts', `${A} ${at} +cookie=${client} +cookie=00`, `${OK} cookie=${cookie}`],
    ['seven octets', `${A} +cookie=00000000000000`, FORMERR],
    ['nine octets', `${A} +cookie=000000000000000000`, FORMERR],
    ['fifteen octets', `${A} +cookie=${'00'.repeat(15)}`, FORMERR],
    ['forty-one octets', `${A} +cookie=${'00'.repeat(41)}`, FORMERR],
  ];
  test.each(rows)('%s', (_, query, expected) => expect(first(query)).toBe(expected));

  test("whatever the opcode, a cookie is its own client's", () => {
    const world = worldOf(zones, 1 << 16, SETTINGS);
    const query = queryOf(`${A} ${at} +cookie=${client}`);
    answerText(world, `${A} +client=192.0.2.7 +now=1559731985 +cookie=0102030405060708`);
    query.packet[2] = 0x28;
    const response = new Uint8Array(512);
    const length = answerQuery(world, query, response);
    expect(textOf(response.slice(0, length)).split('\n')[0]).toBe(`NOTIMP edns=1232 cookie=${cookie}`);
  });

  test('none without a secret', () => expect(first(`${A} ${at} +cookie=${client}`, PLAIN_ANSWERS)).toBe(OK));

  test('a message without a question asks for a cookie alone (RFC 7873 §5.4)', () => {
    const ask = (options: string, settings: AnswerSettings): string => {
      const query = queryOf(`. A ${at} ${options}`);
      const packet = query.packet.slice(0, query.length);
      const alone = Uint8Array.from([...packet.subarray(0, 12), ...packet.subarray(17)]);
      alone[5] = 0;
      const response = new Uint8Array(512);
      const world = worldOf(zones, 1 << 16, settings);
      const length = answerQuery(world, { ...query, packet: alone, length: alone.length }, response);
      return textOf(response.slice(0, length));
    };
    expect(ask(`+cookie=${client}`, SETTINGS)).toBe(`NOERROR rd edns=1232 cookie=${cookie}`);
    expect(ask(`+cookie=${client}`, PLAIN_ANSWERS)).toBe(FORMERR);
    expect(ask('+edns=1232', SETTINGS)).toBe(FORMERR);
  });
});

describe('client subnet (RFC 7871)', () => {
  const rows: [string, string][] = [
    // family, source prefix, scope prefix, address
    ['0001180cc00002', FORMERR],
    ['00011800c00002', `${OK} client_subnet=00011800c00002`],
    ['00012000c0000201', `${OK} client_subnet=00012000c0000201`],
    ['00010000', `${OK} client_subnet=00010000`],
    ['00000000', `${OK} client_subnet=00000000`],
    ['0002380020010db8000001', `${OK} client_subnet=0002380020010db8000001`],
    [`00028000${'20010db8'.repeat(4)}`, `${OK} client_subnet=00028000${'20010db8'.repeat(4)}`],
    ['00011100c00080', `${OK} client_subnet=00011100c00080`],
    ['00011100c00081', FORMERR],
    ['00011800c0000200', FORMERR],
    ['00011800c000', FORMERR],
    ['00012100c000020100', FORMERR],
    ['00028100' + '00'.repeat(17), FORMERR],
    ['00030000', FORMERR],
    ['00000100', FORMERR],
    ['000118', FORMERR],
    ['', FORMERR],
  ];
  test.each(rows)('%s', (data, expected) => expect(first(`${A} +client_subnet=${data}`)).toBe(expected));
});

describe('TCP keepalive (RFC 7828)', () => {
  const rows: [string, string][] = [
    [`${A} +tcp +tcp_keepalive`, `${OK} tcp_keepalive=0064`],
    [`${A} +tls +tcp_keepalive`, `${OK} tcp_keepalive=0064`],
    [`${A} +https +tcp_keepalive`, OK],
    [`${A} +tcp_keepalive`, OK],
    [`${A} +tcp +edns=1232`, OK],
  ];
  test.each(rows)('%s', (query, expected) => expect(first(query)).toBe(expected));
});

describe('padding (RFC 7830, RFC 8467)', () => {
  const lengthOf = (query: string, responseOctets = 65_535): number => {
    const response = new Uint8Array(responseOctets).fill(0xff);
    const length = answerQuery(worldOf(zones, 1 << 16, SETTINGS), queryOf(query), response);
    const text = textOf(response.slice(0, length));
    expect(text.replaceAll(/[^\n]*padding=(00)*(?=\n|$)/g, '')).not.toContain('padding');
    return length;
  };
  const unpadded = lengthOf(`${A} +tls +edns=1232`);
  const rows: [string, number][] = [
    [`${A} +tls +padding`, 468],
    [`${A} +https +padding=0000`, 468],
    [`${A} +https +padding +nsid`, 468],
    ['big.example.com TXT +tls +padding', 936],
    ['example.net A +tls +padding', 468],
    [`${A} +tcp +padding`, unpadded],
    [`${A} +padding`, unpadded],
  ];
  test.each(rows)('%s: %d octets', (query, octets) => expect(lengthOf(query)).toBe(octets));

  test('never beyond the longest message', () => {
    expect(lengthOf(`${A} +tls +padding`, unpadded + 9)).toBe(unpadded + 9);
    expect(lengthOf(`${A} +tls +padding`, unpadded + 4)).toBe(unpadded + 4);
    expect(lengthOf(`${A} +tls +padding`, unpadded + 3)).toBe(unpadded);
  });
});

describe('extended errors (RFC 8914)', () => {
  const rows: [string, string][] = [
    ['example.net A +edns=1232', 'REFUSED rd edns=1232 extended_error=0014'],
    ['example.net A', 'REFUSED rd'],
    ['example.com AXFR +tcp +edns=1232', 'REFUSED rd edns=1232 extended_error=0012'],
    ['example.com TYPE250 +edns=1232', 'REFUSED rd edns=1232 extended_error=0015'],
    [
      'vast.example.com TXT +edns=1232 +tcp',
      `SERVFAIL rd edns=1232 extended_error=0000${hex('the record set is larger than a DNS message')}`,
    ],
  ];
  test.each(rows)('%s', (query, expected) => expect(first(query)).toBe(expected));
});

describe('versions and unknown options (RFC 6891)', () => {
  const rows: [string, string][] = [
    [`${A} +opt65001=00ff +opt4`, OK],
    [`${A} +version=1 +cookie=00`, 'BADVERS rd edns=1232'],
    [`${A} +version=255 +do`, 'BADVERS rd edns=1232 do'],
  ];
  test.each(rows)('%s', (query, expected) => expect(first(query)).toBe(expected));

  test('options take their room from the records', () => {
    expect(first('big.example.com TXT +edns=512')).toBe(OK);
    expect(first('big.example.com TXT +edns=512 +nsid')).toBe(`NOERROR aa tc rd edns=1232 nsid=${hex('ams-1')}`);
  });

  test('an answer with every option and no records fits 512 octets', () => {
    const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    const settings = { ...SETTINGS, serverId: 'x'.repeat(64) };
    const options = `+nsid +cookie=${'00'.repeat(8)} +client_subnet=00028000${'ff'.repeat(16)} +edns=512`;
    const query = queryOf(`${name} A ${options}`);
    const response = new Uint8Array(1232);
    const length = answerQuery(worldOf(zones, 1 << 16, settings), query, response);
    expect(length).toBe(271 + 11 + 68 + 28 + 24 + 6);
    expect(textOf(response.slice(0, length))).toContain('extended_error=0014');
  });
});

describe('CHAOS (RFC 4892)', () => {
  const rows: [string, string, AnswerSettings][] = [
    ['version.bind TXT', 'NOERROR aa rd', SETTINGS],
    ['VERSION.server TXT', 'NOERROR aa rd', SETTINGS],
    ['id.server ANY', 'NOERROR aa rd', SETTINGS],
    ['hostname.bind TXT', 'NOERROR aa rd', SETTINGS],
    ['version.bind A', 'REFUSED rd', SETTINGS],
    ['authors.bind TXT', 'REFUSED rd', SETTINGS],
    ['www.example.com A', 'REFUSED rd', SETTINGS],
    ['version.bind TXT', 'REFUSED rd', PLAIN_ANSWERS],
    ['id.server TXT', 'REFUSED rd', PLAIN_ANSWERS],
  ];
  test.each(rows)('%s: %s', (query, expected, settings) => expect(first(`${query} +class=3`, settings)).toBe(expected));

  test('says what it was told to', () => {
    const text = answerText(worldOf(zones, 1 << 16, SETTINGS), 'version.bind TXT +class=3');
    expect(text).toContain('answer version.bind. 0 TXT "Waypost 1"');
    expect(answerText(worldOf(zones, 1 << 16, SETTINGS), 'id.server TXT +class=3')).toContain('TXT "ams-1"');
  });
});

test('an IXFR query may say what it has (RFC 1995 §3); no other may', () => {
  const ask = (type: string): string => {
    const packet = packetOf(`example.com ${type} +edns=1232`);
    const questionEnd = packet.length - 11;
    const soa = [0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 0];
    const query = Uint8Array.from([...packet.subarray(0, questionEnd), ...soa, ...packet.subarray(questionEnd)]);
    query[9] = 1;
    const response = new Uint8Array(512);
    const length = answerQuery(worldOf(zones), { ...queryOf(A), packet: query, length: query.length }, response);
    return textOf(response.slice(0, length)).split('\n')[0] as string;
  };
  expect(ask('IXFR')).toBe('REFUSED rd edns=1232 extended_error=0012');
  expect(ask('SOA')).toBe('FORMERR rd');
});
