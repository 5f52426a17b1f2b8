import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BodySearch, SEARCHED_OCTETS } from './body-search.ts';

function search(needle: string, encoding: string, body: Buffer, pieceOctets = body.length): Promise<string> {
  return new Promise((resolve) => {
    const looking = new BodySearch(needle, encoding, resolve);
    for (let at = 0; at < body.length; at += pieceOctets) looking.push(body.subarray(at, at + pieceOctets));
    looking.end();
  });
}

const padded = (before: number, text: string): Buffer => Buffer.from(`${'.'.repeat(before)}${text}${'.'.repeat(9000)}`);

const codings: [string, (body: Buffer) => Buffer][] = [
  ['', (body) => body],
  ['gzip', (body) => gzipSync(body)],
  ['x-gzip', (body) => gzipSync(body)],
  ['deflate', (body) => deflateSync(body)],
  ['deflate', (body) => deflateRawSync(body)],
];

describe.each(codings)('%s', (encoding, encode) => {
  test.each([
    [0, 'found'],
    [SEARCHED_OCTETS - 4, 'found'],
    [SEARCHED_OCTETS - 3, 'absent'],
    [SEARCHED_OCTETS, 'absent'],
  ])('behind %d octets: %s', async (before, expected) => {
    const body = encode(padded(before, 'okay'));
    expect(await search('okay', encoding, body)).toBe(expected);
    expect(await search('okay', encoding, body, 7)).toBe(expected);
  });
});

test.each([
  ['OKAY', 'okay', 'absent'],
  ['grün ✓', 'x grün ✓ y', 'found'],
  ['okay', '', 'absent'],
  ['okay', 'oka', 'absent'],
])('%s in %j: %s', async (needle, body, expected) => {
  expect(await search(needle, '', Buffer.from(body))).toBe(expected);
});

test('a broken coding is searched as far as it goes', async () => {
  const body = gzipSync(padded(0, 'okay'));
  expect(await search('okay', 'gzip', Buffer.from('no gzip at all'))).toBe('absent');
  expect(await search('okay', 'gzip', body.subarray(0, body.length - 9))).toBe('found');
});

test('an unknown coding is searched as it is', async () => {
  expect(await search('okay', 'br', padded(0, 'okay'))).toBe('found');
});

test('a bomb is not unfolded', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const before = process.memoryUsage().arrayBuffers;
  expect(await search('okay', 'gzip', bomb)).toBe('absent');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
});
