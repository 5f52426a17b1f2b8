import { expect, test } from 'vitest';
import { parseMessage } from '../../core/dns/message.ts';
import { parseName, printName } from '../../core/dns/name.ts';
import type { Tsig } from '../../core/dns/rdata/tsig.ts';
import { rcodeName, TYPE } from '../../core/dns/record-type.ts';
import { splitSigned } from '../../core/dns/signed-message.ts';
import { ResponseVerifier, signRequest } from './signing.ts';
import { KeyRing, tsigAlgorithm, tsigKey, type TsigKey } from './tsig-key.ts';
import { verifyRequest } from './verify-request.ts';

const SECRET = Buffer.from('c2VjcmV0IG9mIHRoZSB0ZXN0IHZlY3RvcnM=', 'base64');

function key(algorithm: string, name = 'key.example', secret: Uint8Array = SECRET): TsigKey {
  return tsigKey(name, tsigAlgorithm(algorithm) as NonNullable<ReturnType<typeof tsigAlgorithm>>, secret);
}

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

/** `example.com SOA` as dig 9.18 and kdig 3.2 sent it with `-y ALGORITHM:Key.Example:SECRET`, caught on a socket. */
const QUESTION = '01200001000000000001 076578616d706c6503636f6d0000060001 036b6579076578616d706c6500 00fa00ff00000000';
const CAUGHT: readonly (readonly [who: string, algorithm: string, hex: string])[] = [
  [
    'dig',
    'hmac-sha1',
    `932f ${QUESTION} 002f09686d61632d736861310000006b0524d5012c0014b77a3d60d5a3d6569b07251d2c651ecbfc477c7d932f00000000`,
  ],
  [
    'dig',
    'hmac-sha224',
    `5b3f ${QUESTION} 00390b686d61632d7368613232340000006b0524d6012c001c58ea4de2066b151db0bb9a60d22e16dfe035a95fe9d96c84350547bb5b3f00000000`,
  ],
  [
    'dig',
    'hmac-sha256',
    `e3ac ${QUESTION} 003d0b686d61632d7368613235360000006b0524d8012c002047c61c0ffbe1e5e8ee4e37dccfa99eb4159031524b74b7654bb80eec79bc7906e3ac00000000`,
  ],
  [
    'dig',
    'hmac-sha384',
    `a5ae ${QUESTION} 004d0b686d61632d7368613338340000006b0524d9012c0030dcfdf3ed333d2aa2415fe563fdd507ba424ae9ae42e34596c76dcd69d5891d1664764fbe7562f15b27fe41d0ee236b24a5ae00000000`,
  ],
  [
    'dig',
    'hmac-sha512',
    `f1a9 ${QUESTION} 005d0b686d61632d7368613531320000006b0524da012c0040f7513b8df19035610f697f01d47ed98f75e23f81a8a1ef22507433c2f2d8f0d9a863c21788a0ab0d686451f53f870f84508235a9f4a4434ffc18399608903121f1a900000000`,
  ],
  [
    'dig',
    'hmac-sha256-128',
    `e605 ${QUESTION} 002d0b686d61632d7368613235360000006b0524dc012c00109157bd088a0073b57783553da693ec0de60500000000`,
  ],
  [
    'kdig',
    'hmac-sha256',
    `1729 ${QUESTION} 003d0b686d61632d7368613235360000006b0524dd012c0020f31691b24b7ea9a2ac748b0f39135f29c32ad6e481eb02467259e682d1802f01172900000000`,
  ],
];

test.each(CAUGHT)('what %s signs with %s is verified, in its time only', (_who, algorithm, hex) => {
  const packet = bytesOf(hex);
  const { timeSigned } = (splitSigned(packet) as { tsig: Tsig }).tsig;
  const keys = new KeyRing([key(algorithm)]);
  const verified = verifyRequest(packet, keys, timeSigned + 300);
  expect(verified.kind).toBe('signed');
  if (verified.kind === 'signed') expect(parseMessage(verified.request).additionals).toEqual([]);
  expect(verifyRequest(packet, keys, timeSigned + 301)).toMatchObject({ kind: 'rejected', error: 18 });
  expect(verifyRequest(packet, keys, timeSigned - 301)).toMatchObject({ kind: 'rejected', error: 18 });
});

test.each(CAUGHT)('what %s signs with %s and one octet changed is not verified', (_who, algorithm, hex) => {
  const packet = bytesOf(hex);
  const { timeSigned } = (splitSigned(packet) as { tsig: Tsig }).tsig;
  const keys = new KeyRing([key(algorithm)]);
  // The id of the message (octets 0 and 1) is not signed: the original one is.
  for (let at = 2; at < packet.length; at += 1) {
    const changed = packet.slice();
    changed[at] = (changed[at] as number) ^ 0x01;
    expect([at, verifyRequest(changed, keys, timeSigned).kind]).not.toEqual([at, 'signed']);
  }
});

const NOW = 1_700_000_000;
const QUERY = bytesOf('beef 0100 0001 0000 0000 0000 076578616d706c6503636f6d0000fc0001');

/** `rcode error mac-octets other-octets question`. */
function answerText(response: Uint8Array): string {
  const { rcode, questions, additionals } = parseMessage(response);
  const tsig = additionals[0]?.value as Tsig | undefined;
  const question = questions.map(({ name, type }) => `${printName(name)} ${type}`).join();
  return `${rcodeName(rcode)} ${tsig?.error ?? '-'} ${tsig?.mac.length ?? '-'} ${tsig?.other.length ?? '-'} ${question}`;
}

const good = key('hmac-sha256');

test.each([
  ['an unknown key', key('hmac-sha256', 'other.example'), NOW, 'NOTAUTH 17 0 0 example.com. 252'],
  ['another algorithm than the key has', key('hmac-sha512'), NOW, 'NOTAUTH 17 0 0 example.com. 252'],
  ['another secret', key('hmac-sha256', 'key.example', Buffer.from('other')), NOW, 'NOTAUTH 16 0 0 example.com. 252'],
  ['a clock that is wrong', good, NOW - 301, 'NOTAUTH 18 32 6 example.com. 252'],
  ['a MAC that is shorter than ours', key('hmac-sha256-128'), NOW, 'NOTAUTH 22 32 0 example.com. 252'],
])('%s is rejected', (_what, clientKey, clientTime, expected) => {
  const { bytes } = signRequest(QUERY, clientKey, clientTime);
  const verified = verifyRequest(bytes, new KeyRing([good]), NOW);
  expect(verified.kind === 'rejected' ? answerText(verified.response) : verified.kind).toBe(expected);
});

test.each([
  ['BADTIME', good, NOW - 301, 'the clocks are too far apart (BADTIME)'],
  ['BADTRUNC', key('hmac-sha256-128'), NOW, 'the other side wants longer MACs (BADTRUNC)'],
])('%s comes signed', (_what, clientKey, clientTime, message) => {
  const { bytes, mac } = signRequest(QUERY, clientKey, clientTime);
  const verified = verifyRequest(bytes, new KeyRing([good]), NOW);
  if (verified.kind !== 'rejected') throw new Error(verified.kind);
  expect(() => new ResponseVerifier(clientKey, mac).accept(verified.response, clientTime)).toThrow(message);
});

test.each([
  ['a MAC of nine octets', 9],
  ['a MAC of no octets', 0],
  ['a MAC longer than the hash', 33],
])('%s is malformed', (_what, macOctets) => {
  const { bytes } = signRequest(QUERY, { ...good, macOctets }, NOW);
  const longer =
    macOctets > 32
      ? signRequest(QUERY, { ...key('hmac-sha512'), algorithm: good.algorithm, macOctets }, NOW)
      : undefined;
  const verified = verifyRequest(longer?.bytes ?? bytes, new KeyRing([good]), NOW);
  expect(verified.kind === 'rejected' ? answerText(verified.response) : verified.kind).toBe(
    'FORMERR - - - example.com. 252',
  );
});

test('a signature that is not the last record is malformed', () => {
  const { bytes } = signRequest(QUERY, good, NOW);
  const more = new Uint8Array(bytes.length + 11);
  more.set(bytes);
  more.set([0, 0, TYPE.OPT, 4, 208, 0, 0, 0, 0, 0, 0], bytes.length);
  more[11] = 2;
  expect(verifyRequest(more, new KeyRing([good]), NOW)).toMatchObject({ kind: 'rejected', error: 1 });
});

test('no signature is no signature', () => {
  expect(verifyRequest(QUERY, new KeyRing([good]), NOW)).toEqual({ kind: 'unsigned' });
});

test.each([
  ['hmac-sha256', 'sha256 32 of 32'],
  ['HMAC-SHA256.', 'sha256 32 of 32'],
  ['hmac-sha512-256', 'sha512 32 of 64'],
  ['hmac-sha1-80', 'sha1 10 of 20'],
  ['hmac-sha1-72', 'no'],
  ['hmac-sha256-120', 'no'],
  ['hmac-sha256-129', 'no'],
  ['hmac-sha256-264', 'no'],
  ['hmac-md5', 'no'],
])('%s is read as %s', (text, expected) => {
  const read = tsigAlgorithm(text);
  expect(read === undefined ? 'no' : `${read.hash} ${read.macOctets} of ${read.fullMacOctets}`).toBe(expected);
});

test('a key is found whatever the case of its name', () => {
  expect(new KeyRing([good]).find(parseName('KEY.Example'))).toBe(good);
});
