import { expect, test } from 'vitest';
import { lowerOctet, parseName } from '../dns/name.ts';
import { OWN, PlanKey, SHARED } from './plan-key.ts';

function keyOf(name: Uint8Array, kindAndType: number, from = 0): { words: number[]; hash: number } {
  const key = new PlanKey();
  key.read(name, from, name.length, kindAndType);
  return { words: [...key.words.subarray(0, key.count)], hash: key.hash };
}

test('every octet of a label is lowered as names are compared (RFC 4343), and no other', () => {
  for (let octet = 0; octet < 256; octet += 1) {
    const spelt = Uint8Array.of(4, octet, 0x5b, 0x40, octet, 0);
    const lower = Uint8Array.from(spelt, (each, at) => (at === 0 ? each : lowerOctet(each)));
    expect(keyOf(spelt, OWN | 1)).toEqual(keyOf(lower, OWN | 1));
    if (lowerOctet(octet) === octet) expect(keyOf(spelt, 0).words[1]).toBe(new Int32Array(spelt.slice(0, 4).buffer)[0]);
  }
});

test('names of every length, types and kinds have keys of their own', () => {
  const seen = new Set<string>();
  const hashes = new Set<number>();
  let keys = 0;
  for (let octets = 0; octets <= 63; octets += 1) {
    const name = parseName(`${octets === 0 ? '' : `${'a'.repeat(octets)}.`}example.`);
    // 65 and 97 differ as `A` and `a` do.
    for (const kindAndType of [OWN | 1, OWN | 65, OWN | 97, SHARED | 1, SHARED | 65]) {
      const { words, hash } = keyOf(name, kindAndType);
      seen.add(words.join());
      hashes.add(hash);
      keys += 1;
    }
  }
  expect([seen.size, hashes.size]).toEqual([keys, keys]);
});

test('a name has the same key wherever it begins in a packet', () => {
  const name = parseName('WWW.Example.com.');
  for (const before of [0, 1, 2, 3, 12]) {
    const packet = new Uint8Array(before + name.length);
    packet.set(name, before);
    expect(keyOf(packet, SHARED | 28, before)).toEqual(keyOf(name, SHARED | 28));
  }
});
