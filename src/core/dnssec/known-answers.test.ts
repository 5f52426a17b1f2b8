import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseName } from '../dns/name.ts';
import { parseRdata, printRdata } from '../dns/rdata-types.ts';
import type { Dnskey } from '../dns/rdata/dnskey.ts';
import type { Rrsig } from '../dns/rdata/rrsig.ts';
import { TYPE, typeCode } from '../dns/record-type.ts';
import { DIGEST_SHA256, dnskeyText, dsText, keyTag, octetsToDigest } from './keys.ts';
import { octetsToSign, rrsetOfValues, rrsigFields } from './rrset-signature.ts';

const keyOf = (text: string): Dnskey => parseRdata(TYPE.DNSKEY, text, 'zone-file') as Dnskey;

const RFC4034_KEY =
  '256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7Or' +
  'zKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==';
const RFC6605_KEY = '257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==';
const RFC8080_KEYS = [
  '257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=',
  '257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=',
] as const;

describe('a key and its DS', () => {
  test.each([
    ['RFC 4034 §5.4', 'dskey.example.com.', RFC4034_KEY, '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118'],
    [
      'RFC 4509 §2.3',
      'DSKEY.Example.com.',
      RFC4034_KEY,
      '60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A',
    ],
    [
      'RFC 6605 §6.1',
      'example.net.',
      RFC6605_KEY,
      '55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17',
    ],
    [
      'RFC 8080 §6.1',
      'example.com.',
      RFC8080_KEYS[0],
      '3613 15 2 3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B',
    ],
    [
      'RFC 8080 §6.1, the second',
      'example.com.',
      RFC8080_KEYS[1],
      '35217 15 2 401781B934E392DE492EC77AE2E15D70F6575A1C0BC59C5275C04EBE80C6614C',
    ],
  ])('%s', (_, zone, text, expected) => {
    const key = keyOf(text);
    const digestType = Number(expected.split(' ')[2]);
    const hash = createHash(digestType === DIGEST_SHA256 ? 'sha256' : 'sha1');
    expect(dsText(key, digestType, hash.update(octetsToDigest(parseName(zone), key)).digest())).toBe(expected);
    expect(dnskeyText(key)).toBe(text);
  });
});

describe('a signature that others made is over the octets that are signed here', () => {
  test.each([
    [
      'RFC 6605 §6.1',
      RFC6605_KEY,
      'www.Example.net. 3600 A 192.0.2.1',
      'A 13 3 3600 20100909100439 20100812100439 55648 example.net. ' +
        'qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==',
    ],
    [
      'RFC 8080 §6.1',
      RFC8080_KEYS[0],
      'example.com. 3600 MX 10 MAIL.example.com.',
      'MX 15 2 3600 1440021600 1438207200 3613 example.com. ' +
        'oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
    ],
    [
      'RFC 8080 §6.1, the second',
      RFC8080_KEYS[1],
      'example.com. 3600 MX 10 mail.example.com.',
      'MX 15 2 3600 1440021600 1438207200 35217 example.com. ' +
        'zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==',
    ],
  ])('%s', (_, keyText, record, signatureText) => {
    const key = keyOf(keyText);
    const [name = '', ttl, type = '', ...value] = record.split(' ');
    const rrset = rrsetOfValues(parseName(name), typeCode(type) as number, Number(ttl), [value.join(' ')]);
    const rrsig = parseRdata(TYPE.RRSIG, signatureText, 'zone-file') as Rrsig;
    const fields = rrsigFields(rrset, { ...rrsig, keyTag: keyTag(key) });
    expect(printRdata(TYPE.RRSIG, { ...fields, signature: rrsig.signature }, 'zone-file')).toBe(
      printRdata(TYPE.RRSIG, rrsig, 'zone-file'),
    );
    expect(verifies(key, octetsToSign(fields, rrset), rrsig.signature)).toBe(true);
    expect(verifies(key, octetsToSign({ ...fields, inception: fields.inception + 1 }, rrset), rrsig.signature)).toBe(
      false,
    );
  });
});

function verifies({ algorithm, publicKey }: Dnskey, octets: Uint8Array, signature: Uint8Array): boolean {
  const part = (from: number, to: number): string => Buffer.from(publicKey.subarray(from, to)).toString('base64url');
  const jwk =
    algorithm === 13
      ? { kty: 'EC', crv: 'P-256', x: part(0, 32), y: part(32, 64) }
      : { kty: 'OKP', crv: 'Ed25519', x: part(0, 32) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify(algorithm === 13 ? 'sha256' : null, octets, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
