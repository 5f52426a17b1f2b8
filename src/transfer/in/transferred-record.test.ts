import { expect, test } from 'vitest';
import { parseStored, rdataType } from '../../core/dns/rdata-types.ts';
import { typeCode } from '../../core/dns/record-type.ts';
import { WireReader } from '../../core/dns/wire-reader.ts';
import { WireWriter } from '../../core/dns/wire-writer.ts';
import { readTransferredRecord } from './transferred-record.ts';

const name = (text: string): string =>
  [...text.split('.').filter(Boolean), ''].map((label) => String.fromCharCode(label.length) + label).join('');
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** Data that is legal, and that no text in Route 53's notation, or none that it takes, stands for. */
test.each([
  ['SOA', `${hex(name('ns.') + name('host.ns.'))}00000001ffffffffffffffff80000000ffffffff`, 'an interval of 32 bits'],
  ['TLSA', 'ffffffab', 'a usage, selector and matching type of no registry'],
  ['TLSA', '030101', 'no data'],
  ['SSHFP', 'ffff', 'no fingerprint'],
  ['DS', 'ffffffff', 'no digest'],
  ['DNSKEY', '000003ff', 'no key'],
  ['CAA', `ff01${hex('x')}`, 'no value'],
  ['CAA', `0005${hex('issue')}${hex('"').repeat(300)}`, 'a value of more than 255 octets'],
  ['NAPTR', `000000000000${'03'}${hex('!!!')}${hex(name('a.'))}`, 'a regexp and a replacement'],
  ['HTTPS', '0001000002' + '0000', 'no-default-alpn without alpn'],
  ['HTTPS', '000100' + '00000002' + '0003', 'mandatory port without a port'],
  ['SVCB', '000000' + 'ffff0003' + '00225c', 'a private key, in alias mode'],
  ['SVCB', '0001' + hex(name('a b.')) + '00010003' + '022c5c', 'an alpn of a comma and a backslash'],
  ['TXT', '00', 'an empty string'],
  ['TXT', `ff${'00'.repeat(255)}ff${'5c'.repeat(255)}`, 'all that needs an escape'],
  ['RRSIG', `ffff00ff${'ff'.repeat(14)}00`, 'no signature'],
  ['NSEC', '00', 'no types'],
  ['TYPE65280', '', 'no data'],
])('%s of %s is stored so that it stands for itself: %s', (type, data) => {
  const octets = Buffer.from(data, 'hex');
  const code = typeCode(type) as number;
  const out = new WireWriter(new Uint8Array(4096));
  out.octets(Buffer.from(name('odd.'), 'latin1'));
  out.u16(code);
  out.u16(1);
  out.u32(60);
  out.u16(octets.length);
  out.octets(octets);
  const { value } = readTransferredRecord(new WireReader(out.bytes.slice(0, out.position)));
  const again = new WireWriter(new Uint8Array(4096));
  again.remembering = false;
  rdataType(code).write(parseStored(code, value), again);
  expect(Buffer.from(again.bytes.slice(0, again.position)).toString('hex')).toBe(data);
});
