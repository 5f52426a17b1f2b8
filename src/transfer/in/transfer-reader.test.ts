import { expect, test } from 'vitest';
import { nameKey } from '../../core/dns/name-key.ts';
import { TransferReader } from './transfer-reader.ts';
import type { TransferredRecord } from './transferred-record.ts';

/** `7` is the SOA with that serial, `a` the record of a.example.com., `!` one of another zone. */
function record(word: string): TransferredRecord {
  const name = word === '!' ? 'example.net.' : /^[0-9]/.test(word) ? 'example.com.' : `${word}.example.com.`;
  const base = { key: nameKey(name), name, type: 'A', ttlSeconds: 60, value: '192.0.2.1' };
  return /^[0-9]/.test(word) ? { ...base, type: 'SOA', serial: Number(word) } : base;
}

function read(words: string, held?: number): string {
  const reader = new TransferReader('com.example.', held);
  const meanings: string[] = [];
  try {
    for (const word of words.split(' ')) {
      const meaning = reader.read(record(word));
      if (meaning !== undefined) meanings.push(`${{ whole: '', deleted: '-', added: '+' }[meaning]}${word}`);
    }
  } catch (error) {
    return (error as Error).message;
  }
  const state = reader.ended ? 'ended' : reader.isUpToDate() ? 'up to date' : 'unfinished';
  return [...meanings, state].join(' ');
}

test.each([
  ['a whole zone', '7 a b 7', undefined, 'a b ended'],
  ['a whole zone in answer to a request for a difference', '7 a b 7', 5, 'a b ended'],
  ['a zone of an SOA alone', '7 7', undefined, 'ended'],
  ['one that is not at its end', '7 a b', undefined, 'a b unfinished'],
  ['one difference', '7 5 a 7 b 7', 5, '-a +b ended'],
  ['two differences', '7 5 a 6 b 6 b 7 c 7', 5, '-a +b -b +c ended'],
  ['a difference that only deletes', '7 5 a 7 7', 5, '-a ended'],
  ['a difference that only adds', '7 5 7 a 7', 5, '+a ended'],
  ['a difference that is not at its end', '7 5 a 6 b 6', 5, '-a +b unfinished'],
  ['the version that is held', '5', 5, 'up to date'],
  ['an older one than is held', '4', 5, 'up to date'],
  ['a newer one alone, as by UDP', '7', 5, 'unfinished'],
  ['serials that wrap around', '1 4294967295 a 1 b 1', 4294967295, '-a +b ended'],
  ['records of another zone', '7 ! a ! 7', undefined, 'a ended'],
  ['no SOA first', 'a 7', undefined, 'the first record is not the SOA record'],
  [
    'a difference from another version',
    '7 6 a 7 b 7',
    5,
    'a difference from serial 6, which is not what was asked for',
  ],
  [
    'a difference without being asked',
    '7 5 a 7 b 7',
    undefined,
    'a difference from serial 5, which is not what was asked for',
  ],
  [
    'a gap between two differences',
    '9 5 a 6 b 7 b 9 c 9',
    5,
    'a difference that does not begin where the last one ended',
  ],
  ['two serials', '7 a 8', undefined, 'two SOA records of different serials'],
  ['more behind the end', '7 a 7 b', undefined, 'records behind the last SOA record'],
])('%s: %s', (_what, words, held, expected) => expect(read(words, held)).toBe(expected));

test('an SOA record below the apex is no part of a zone', () => {
  const reader = new TransferReader('com.example.', undefined);
  expect(() => reader.read({ ...record('a'), type: 'SOA', serial: 1 })).toThrow('an SOA record at a.example.com.');
});
