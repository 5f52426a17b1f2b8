import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseName, type Name } from '../name.ts';
import { parseRdata, parseStored, printRdata, rdataType, rdataWire, readRdata } from '../rdata-types.ts';
import { toRoute53Notation } from '../route53-notation.ts';
import { TYPE, typeCode, typeName } from '../record-type.ts';
import { WireFormatError, WireReader } from '../wire-reader.ts';
import { WireWriter } from '../wire-writer.ts';
import { unknownType } from './unknown.ts';

const code = (type: string): number => typeCode(type) as number;
const printed = (type: string, text: string): string =>
  rdataType(code(type)).print(parseRdata(code(type), text, 'route53'));

describe('Route 53 values, printed as zone files write them', () => {
  test.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['AAAA', '::ffff:192.0.2.1', '::ffff:c000:201'],
    ['CAA', '0 issue "ca.example.net; policy=ev"', '0 issue "ca.example.net; policy=ev"'],
    ['CNAME', 'www.Example.com', 'www.Example.com.'],
    ['DS', '60485 5 1 2bb183af5f225881 79A53B0A98631FAD1A292118', '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118'],
    ['HTTPS', '1 . alpn="h3,h2" port=8443', '1 . alpn="h3,h2" port=8443'],
    ['HTTPS', '0 pool.example.net', '0 pool.example.net.'],
    [
      'SVCB',
      '16 foo.example. port=53 mandatory=port,alpn alpn=dot',
      '16 foo.example. mandatory=alpn,port alpn="dot" port=53',
    ],
    [
      'SVCB',
      '1 . ipv6hint=2001:db8::1,::2 ipv4hint=192.0.2.1,192.0.2.2',
      '1 . ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1,::2',
    ],
    ['SVCB', '1 . key667="hello\\322qoo"', '1 . key667="hello\\210qoo"'],
    ['SVCB', '1 . no-default-alpn alpn="f\\\\\\\\oo\\\\,bar,h2"', '1 . alpn="f\\\\\\\\oo\\\\,bar,h2" no-default-alpn'],
    ['MX', '10 mail', '10 mail.'],
    ['NAPTR', '100 50 "u" "E2U+sip" "!^.*$!sip:i@example.com!" .', '100 50 "u" "E2U+sip" "!^.*$!sip:i@example.com!" .'],
    ['NS', 'ns1.example.net.', 'ns1.example.net.'],
    ['PTR', 'host.example.net', 'host.example.net.'],
    [
      'SOA',
      'ns.example. admin.example. 1 7200 900 1209600 86400',
      'ns.example. admin.example. 1 7200 900 1209600 86400',
    ],
    ['SPF', '"v=spf1 -all"', '"v=spf1 -all"'],
    ['SRV', '1 10 5269 xmpp.example.com', '1 10 5269 xmpp.example.com.'],
    ['SSHFP', '4 2 0a0b', '4 2 0A0B'],
    ['TLSA', '3 1 1 0a0b', '3 1 1 0A0B'],
    ['TXT', '"a \\"b\\" \\\\ \\344" "" "c"', '"a \\"b\\" \\\\ \\228" "" "c"'],
    ['NSEC', 'b.example. MX A TYPE1234', 'b.example. A MX TYPE1234'],
    ['DNSKEY', '257 3 13 AQID BA==', '257 3 13 AQIDBA=='],
    ['CDNSKEY', '0 3 0 AA==', '0 3 0 AA=='],
    ['CDS', '0 0 0 00', '0 0 0 00'],
    [
      'RRSIG',
      'A 13 2 60 1700000000 20200913122640 4242 example.com AQID',
      'A 13 2 60 20231114221320 20200913122640 4242 example.com. AQID',
    ],
    ['TYPE65280', '\\# 4 0a000001', '\\# 4 0A000001'],
    ['TYPE65280', '\\# 0', '\\# 0'],
  ])('%s %s', (type, text, expected) => {
    expect(printed(type, text)).toBe(expected);
    expect(rdataWire(code(type), expected, 'zone-file')).toEqual(rdataWire(code(type), text, 'route53'));
  });
});

describe('refused with the words that Route 53 uses', () => {
  test.each([
    ['A', '192.0.2.256', 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'],
    ['A', '192.0.02.1', 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'],
    ['A', '"192.0.2.1"', 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'],
    ['A', '192.0.2.1 192.0.2.2', 'ARRDATANotSingleField (Value contains spaces)'],
    ['AAAA', '2001:db8:::1', 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'],
    ['CNAME', 'a b', 'ARRDATANotSingleField (Value contains spaces)'],
    ['CNAME', '', 'DomainNameEmpty (Domain name is empty)'],
    ['CNAME', 'a..b', 'DomainLabelEmpty (Domain label is empty)'],
    ['CNAME', `${'a'.repeat(64)}.example`, 'DomainLabelTooLong (Domain label is too long)'],
    ['CNAME', 'ä.example', 'UnsupportedCharacter (Value contains unsupported characters)'],
    ['CNAME', '"a.example"', 'UnsupportedCharacter (Value contains unsupported characters)'],
    ['MX', 'mail.example.com', 'MXRRDATAPriorityRequired (MX priority is required)'],
    ['TXT', 'plain', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
    ['TXT', '"open', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
    ['TXT', `"${'a'.repeat(256)}"`, 'CharacterStringTooLong (Value is too long)'],
    ['CAA', '0 issue ca.example.net', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
  ])('%s %s', (type, text, message) => expect(() => parseRdata(code(type), text, 'route53')).toThrow(message));

  test.each([
    ['CAA', '256 issue "x"'],
    ['CAA', '0 is-sue "x"'],
    ['DS', '1 13 2 abc'],
    ['RRSIG', 'A 13 2 60 20231314221320 20200913122640 4242 example.com AQID'],
    ['RRSIG', 'A 13 2 60 22000101000000 20200913122640 4242 example.com AQID'],
    ['SVCB', '1 . port=1 port=2'],
    ['SVCB', '1 . mandatory=port'],
    ['SVCB', '1 . mandatory=port,port port=1'],
    ['SVCB', '1 . mandatory=mandatory'],
    ['SVCB', '1 . no-default-alpn'],
    ['SVCB', '1 . alpn='],
    ['SVCB', '1 . ipv4hint=::1'],
    ['SVCB', '1 . key65536=a'],
    ['SVCB', '1 . key007=a'],
    ['SVCB', '1 . key667=ä'],
    ['NAPTR', '1 1 "u" "s" "regexp" host.example.'],
    ['SRV', '1 2 65536 host.example.'],
    ['SRV', '1 2 3 host.example. 4'],
    ['TLSA', '4 0 0 00'],
    ['TYPE65280', '\\# 3 0a0b'],
  ])('%s %s', (type, text) => expect(() => parseRdata(code(type), text, 'route53')).toThrow(/^\w+ \(.+\)$/));
});

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u31 = fc.nat(0x7fffffff);
const u32 = fc.nat(0xffffffff);
const octets = (minLength: number, maxLength = 40): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength, maxLength });
const string = octets(0, 255);
const name: fc.Arbitrary<Name> = fc
  .array(octets(1, 63), { maxLength: 3 })
  .map((labels) => Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]));
const numberName = fc.record({ preference: u16, exchange: name });

const parameter = fc.oneof(
  octets(1, 20).map((alpn) => ({ key: 1, value: Uint8Array.of(alpn.length, ...alpn) })),
  u16.map((port) => ({ key: 3, value: Uint8Array.of(port >> 8, port & 255) })),
  octets(8, 8).map((value) => ({ key: 4, value })),
  octets(1).map((value) => ({ key: 5, value })),
  octets(32, 32).map((value) => ({ key: 6, value })),
  fc.record({ key: fc.integer({ min: 7, max: 0xffff }), value: octets(0) }),
);
const svcb = fc.record({
  priority: u16,
  target: name,
  parameters: fc
    .uniqueArray(parameter, { maxLength: 5, selector: (each) => each.key })
    .map((parameters) => parameters.sort((a, b) => a.key - b.key)),
});
const publicKey = fc.record({ flags: u16, protocol: u8, algorithm: u8, publicKey: octets(1) });
const delegationSigner = fc.record({ keyTag: u16, algorithm: u8, digestType: u8, digest: octets(1) });

/** One value generator for each type with a file under rdata/. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  A: octets(4, 4),
  AAAA: octets(16, 16),
  CAA: fc.record({ flags: u8, tag: fc.stringMatching(/^[A-Za-z0-9]{1,15}$/), value: string }),
  CNAME: name,
  CDNSKEY: publicKey,
  CDS: delegationSigner,
  DNSKEY: publicKey,
  DS: delegationSigner,
  HTTPS: svcb,
  MX: numberName,
  NAPTR: fc
    .record({ order: u16, preference: u16, flags: string, services: string, regexp: string, replacement: name })
    .filter((value) => value.regexp.length === 0 || value.replacement.length === 1),
  NS: name,
  NSEC: fc.record({
    next: name,
    types: fc.uniqueArray(u16, { maxLength: 20 }).map((types) => types.sort((a, b) => a - b)),
  }),
  OPT: fc.array(fc.record({ code: u16, data: octets(0) }), { maxLength: 4 }),
  PTR: name,
  RRSIG: fc.record({
    typeCovered: u16,
    algorithm: u8,
    labels: u8,
    originalTtlSeconds: u32,
    expiration: u32,
    inception: u32,
    keyTag: u16,
    signer: name,
    signature: octets(1),
  }),
  SOA: fc.record({
    mname: name,
    rname: name,
    serial: u32,
    refreshSeconds: u31,
    retrySeconds: u31,
    expireSeconds: u31,
    minimumSeconds: u31,
  }),
  SPF: fc.array(string, { minLength: 1, maxLength: 4 }),
  SRV: fc.record({ priority: u16, weight: u16, port: u16, target: name }),
  SSHFP: fc.record({ algorithm: u8, fingerprintType: u8, fingerprint: octets(1) }),
  SVCB: svcb,
  TLSA: fc.record({ usage: fc.nat(3), selector: fc.nat(1), matchingType: fc.nat(2), data: octets(1) }),
  TSIG: fc.record({
    algorithm: name,
    timeSigned: fc.nat(2 ** 48 - 1),
    fudgeSeconds: u16,
    mac: octets(0, 64),
    originalId: u16,
    error: u16,
    other: octets(0, 6),
  }),
  TXT: fc.array(string, { minLength: 1, maxLength: 4 }),
  TYPE65280: octets(0),
};

function wireOf(type: number, value: unknown): Uint8Array {
  const out = new WireWriter(new Uint8Array(4096));
  rdataType(type).write(value, out);
  return out.bytes.slice(0, out.position);
}

describe.each(Object.entries(values))('%s', (type, value) => {
  test('value → wire → value → text → value', () => {
    fc.assert(
      fc.property(value, (each) => {
        const wire = wireOf(code(type), each);
        const read = readRdata(code(type), new WireReader(wire), wire.length);
        expect(wireOf(code(type), read)).toEqual(wire);
        const text = rdataType(code(type)).print(read);
        expect(wireOf(code(type), parseRdata(code(type), text, 'zone-file'))).toEqual(wire);
        expect(wireOf(code(type), parseRdata(code(type), toRoute53Notation(text), 'route53'))).toEqual(wire);
      }),
    );
  });

  test('what is read from any octets is written back alike, or refused', () => {
    fc.assert(
      fc.property(octets(0, 80), (wire) => {
        let read: unknown;
        try {
          read = readRdata(code(type), new WireReader(wire), wire.length);
        } catch (error) {
          expect(error).toBeInstanceOf(WireFormatError);
          return;
        }
        const written = wireOf(code(type), read);
        expect(wireOf(code(type), readRdata(code(type), new WireReader(written), written.length))).toEqual(written);
        expect(typeof rdataType(code(type)).print(read)).toBe('string');
        const kept = printRdata(code(type), read, 'route53');
        expect(wireOf(code(type), parseStored(code(type), kept))).toEqual(written);
        const line = printRdata(code(type), read, 'zone-file');
        expect(wireOf(code(type), parseRdata(code(type), line, 'zone-file'))).toEqual(written);
      }),
    );
  });
});

test.each([
  ['a window twice', [0, 0, 1, 0x40, 0, 1, 0x20]],
  ['a window before a lesser one', [0, 1, 1, 0x40, 0, 1, 0x40]],
  ['a bitmap without octets', [0, 0, 0]],
  ['a bitmap of 33 octets', [0, 0, 33, ...Array<number>(33).fill(1)]],
])('NSEC: %s is refused (RFC 4034 §4.1.2)', (_, octets) => {
  const wire = Uint8Array.from(octets);
  expect(() => readRdata(TYPE.NSEC, new WireReader(wire), wire.length)).toThrow(WireFormatError);
});

test('every type whose format is known has a value generator here', () => {
  // All unknown types share one reader.
  const isUnknown = (number: number): boolean => rdataType(number).read === unknownType(number).read;
  const known = Object.entries(TYPE).filter(([, number]) => !isUnknown(number));
  expect(known.map(([type]) => type).filter((type) => !(type in values))).toEqual([]);
});

test('only the names of RFC 1035 types are compressed (RFC 3597 §4)', () => {
  const target = 'host.example.com.';
  const shrunk = ['NS', 'CNAME', 'PTR', 'MX', 'SOA', 'SRV', 'NAPTR', 'SVCB', 'HTTPS', 'NSEC', 'RRSIG'].filter(
    (type) => {
      const text: Readonly<Record<string, string>> = {
        MX: `1 ${target}`,
        SOA: `${target} ${target} 1 2 3 4 5`,
        SRV: `1 2 3 ${target}`,
        NAPTR: `1 2 "" "" "" ${target}`,
        SVCB: `1 ${target}`,
        HTTPS: `1 ${target}`,
        NSEC: `${target} A`,
        RRSIG: `A 13 2 300 2 1 7 ${target} AAAA`,
      };
      const out = new WireWriter(new Uint8Array(512));
      out.name(parseName(target), true);
      const start = out.position;
      rdataType(code(type)).write(parseRdata(code(type), text[type] ?? target, 'zone-file'), out);
      return out.position - start < rdataWire(code(type), text[type] ?? target, 'zone-file').length;
    },
  );
  expect(shrunk.map((type) => typeName(code(type)))).toEqual(['NS', 'CNAME', 'PTR', 'MX', 'SOA']);
});

test.each([
  ['plain', 'plain'],
  ['"a\\228b"', '"a\\344b"'],
  ['"a\\\\228"', '"a\\\\228"'],
  ['"\\"\\032\\\\"', '"\\"\\040\\\\"'],
  ['a\\.b.example.', 'a\\.b.example.'],
])('%s is %s in the notation of Route 53', (text, expected) => expect(toRoute53Notation(text)).toBe(expected));
