import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printName, type Name } from './name.ts';
import { PresentationError } from './presentation-error.ts';
import { parseRdata, rdataType, rdataWire, readRdata } from './rdata-types.ts';
import { TYPE, typeCode } from './record-type.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Values as Route 53 takes them, and what they are in a zone file. */
const values: [type: string, route53: string, zoneFile: string][] = [
  ['A', '192.0.2.1', '192.0.2.1'],
  ['AAAA', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['AAAA', '::ffff:192.0.2.1', '::ffff:c000:201'],
  ['CAA', '0 issue "ca.example.net"', '0 issue "ca.example.net"'],
  ['CNAME', 'www.example.com', 'www.example.com.'],
  ['DS', '60485 5 1 2BB183AF5F22588179A53B0A 98631FAD1A292118', '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118'],
  ['HTTPS', '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1', '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1'],
  ['HTTPS', '0 svc.example.net', '0 svc.example.net.'],
  ['MX', '10 mail.example.com', '10 mail.example.com.'],
  ['NAPTR', '100 50 "u" "E2U+sip" "!^.*$!sip:a@example.com!" .', '100 50 "u" "E2U+sip" "!^.*$!sip:a@example.com!" .'],
  ['NS', 'ns1.example.net', 'ns1.example.net.'],
  ['PTR', 'host.example.com.', 'host.example.com.'],
  [
    'SOA',
    'ns1.example.net h.example.com 1 7200 900 1209600 86400',
    'ns1.example.net. h.example.com. 1 7200 900 1209600 86400',
  ],
  ['SPF', '"v=spf1 -all"', '"v=spf1 -all"'],
  ['SRV', '1 10 5269 xmpp.example.com.', '1 10 5269 xmpp.example.com.'],
  ['SSHFP', '4 2 123456789abcdef67890', '4 2 123456789ABCDEF67890'],
  [
    'SVCB',
    '16 foo.example.org alpn=h2 mandatory=alpn key667=hello',
    '16 foo.example.org. mandatory=alpn alpn="h2" key667="hello"',
  ],
  ['TLSA', '3 1 1 d2abde240d7cd3ee6b4b28c54df034b9', '3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B9'],
  ['TXT', '"a b" "q\\"uote" "\\101\\377"', '"a b" "q\\"uote" "A\\255"'],
  ['DNSKEY', '257 3 13 AQIDBA==', '257 3 13 AQIDBA=='],
  ['NSEC', 'b.example.com A TYPE1234 MX', 'b.example.com. A MX TYPE1234'],
  [
    'RRSIG',
    'A 13 2 60 1700000000 1600000000 4242 example.com AQID',
    'A 13 2 60 1700000000 1600000000 4242 example.com. AQID',
  ],
  ['TYPE65280', '\\# 3 abCDef', '\\# 3 ABCDEF'],
];

test.each(values)('%s %s', (type, route53, zoneFile) => {
  const code = typeCode(type) as number;
  const value = parseRdata(code, route53, 'route53');
  expect(rdataType(code).print(value)).toBe(zoneFile);
  const wire = rdataWire(code, route53, 'route53');
  expect(rdataWire(code, zoneFile, 'zone-file')).toEqual(wire);
  expect(readRdata(code, new WireReader(wire), wire.length)).toEqual(value);
});

const refusals: [type: string, value: string, error: string][] = [
  ['A', '192.0.2.256', 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'],
  ['A', '192.0.2.1 192.0.2.2', 'ARRDATANotSingleField (Value contains spaces)'],
  ['AAAA', '1::2::3', 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'],
  ['MX', 'mail.example.com', 'MXRRDATAPriorityRequired (MX priority is required)'],
  ['TXT', 'unquoted', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
  ['TXT', `"${'a'.repeat(256)}"`, 'CharacterStringTooLong (Value is too long)'],
  ['CNAME', 'a..example.com', 'DomainLabelEmpty (Domain label is empty)'],
  ['CNAME', '', 'DomainNameEmpty (Domain name is empty)'],
  ['CNAME', `${'a'.repeat(64)}.com`, 'DomainLabelTooLong (Domain label is too long)'],
  ['CNAME', 'bücher.example.com', 'UnsupportedCharacter (Value contains unsupported characters)'],
  ['CAA', '0 issue unquoted', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
];

test.each(refusals)('refused: %s %s', (type, value, error) => {
  let message = 'accepted';
  try {
    parseRdata(typeCode(type) as number, value, 'route53');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PresentationError);
    message = (thrown as PresentationError).message;
  }
  expect(message).toBe(error);
});

const name: fc.Arbitrary<Name> = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 6 })
  .map((labels) => Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]));
const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0x7fffffff });
const string = fc.uint8Array({ maxLength: 255 });
const octets = fc.uint8Array({ minLength: 1, maxLength: 80 });

const arbitraries: Record<string, fc.Arbitrary<unknown>> = {
  A: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  AAAA: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  CAA: fc.record({ flags: u8, tag: fc.stringMatching(/^[a-z0-9]{1,20}$/), value: string }),
  CNAME: name,
  DNSKEY: fc.record({ flags: u16, protocol: u8, algorithm: u8, publicKey: octets }),
  DS: fc.record({ keyTag: u16, algorithm: u8, digestType: u8, digest: octets }),
  MX: fc.record({ preference: u16, exchange: name }),
  NAPTR: fc.record({
    order: u16,
    preference: u16,
    flags: string,
    services: string,
    regexp: fc.constant(new Uint8Array(0)),
    replacement: name,
  }),
  NS: name,
  NSEC: fc.record({
    next: name,
    types: fc.uniqueArray(u16, { maxLength: 20 }).map((types) => types.toSorted((a, b) => a - b)),
  }),
  PTR: name,
  SOA: fc.record({
    mname: name,
    rname: name,
    serial: u32,
    refreshSeconds: u32,
    retrySeconds: u32,
    expireSeconds: u32,
    minimumSeconds: u32,
  }),
  SRV: fc.record({ priority: u16, weight: u16, port: u16, target: name }),
  SSHFP: fc.record({ algorithm: u8, fingerprintType: u8, fingerprint: octets }),
  TLSA: fc.record({
    usage: fc.integer({ min: 0, max: 3 }),
    selector: fc.integer({ min: 0, max: 1 }),
    matchingType: fc.integer({ min: 0, max: 2 }),
    data: octets,
  }),
  TXT: fc.array(string, { minLength: 1, maxLength: 5 }),
  TYPE65280: fc.uint8Array({ maxLength: 80 }),
};

test.each(Object.entries(arbitraries))('%s: text ⇄ value ⇄ wire', (type, arbitrary) => {
  const code = typeCode(type) as number;
  fc.assert(
    fc.property(arbitrary, (value) => {
      const codec = rdataType(code);
      expect(parseRdata(code, codec.print(value), 'zone-file')).toEqual(value);
      const writer = new WireWriter(new Uint8Array(65_535));
      codec.write(value, writer);
      expect(readRdata(code, new WireReader(writer.bytes), writer.position)).toEqual(value);
    }),
  );
});

test('any octets are read as a value or refused as malformed', () => {
  const codes = Object.values(TYPE);
  fc.assert(
    fc.property(fc.constantFrom(...codes), fc.uint8Array({ maxLength: 200 }), (code, bytes) => {
      try {
        readRdata(code, new WireReader(bytes), bytes.length);
      } catch (error) {
        expect((error as Error).name).toBe('WireFormatError');
      }
    }),
    { numRuns: 5000 },
  );
});

test('a name that is compressed is read back whole', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 12 }), (names) => {
      const writer = new WireWriter(new Uint8Array(65_535));
      names.forEach((each) => writer.name(each, true));
      const reader = new WireReader(writer.bytes, 0, writer.position);
      const lower = (each: Name): string => printName(each).toLowerCase();
      expect(names.map(() => lower(reader.name()))).toEqual(names.map(lower));
    }),
  );
});
