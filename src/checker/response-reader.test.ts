import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEAD_OCTETS_MAX, ResponseReader } from './response-reader.ts';

interface Read {
  readonly status: number | undefined;
  readonly problem: string | undefined;
  readonly body: string;
  readonly ended: boolean;
}

/** Reads what comes in pieces. */
function readPieces(pieces: readonly Buffer[], bodiless = false): Read {
  const reader = new ResponseReader(bodiless);
  let body = '';
  let listening = false;
  for (const piece of pieces) {
    if (reader.problem !== undefined || reader.ended) break;
    reader.push(piece);
    if (reader.status !== undefined && !listening) {
      listening = true;
      reader.onBody((octets) => {
        body += Buffer.from(octets).toString('latin1');
      });
    }
  }
  return { status: reader.status, problem: reader.problem, body, ended: reader.ended };
}

const read = (text: string, bodiless = false): Read => readPieces([Buffer.from(text, 'latin1')], bodiless);

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const responses: [text: string, expected: Partial<Read>][] = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', { status: 200, body: 'ok', ended: true }],
  ['HTTP/1.0 404 Not Found\r\n\r\ngone', { status: 404, body: 'gone', ended: false }],
  ['HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', ended: true }],
  ['HTTP/1.1 301 Moved\r\nLocation: /\r\ncontent-length: 0\r\n\r\n', { status: 301, ended: true }],
  ['HTTP/1.1 200\r\n\r\n', { status: 200 }],
  ['HTTP/1.1 200 OK\nContent-Length: 3\n\nabcd', { status: 200, body: 'abc', ended: true }],
  ['HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx', { status: 200, body: 'x' }],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', { status: 101 }],
  [`${CHUNKED}2\r\nok\r\n3;ext="a"\r\nyes\r\n0\r\n\r\n`, { status: 200, body: 'okyes', ended: true }],
  [`${CHUNKED}A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n`, { body: '0123456789', ended: true }],
  [`${CHUNKED}2\r\nok\r\nnonsense\r\n`, { body: 'ok', ended: true }],
  [`${CHUNKED}2\r\nokay\r\n`, { body: 'ok', ended: true }],
  [`${CHUNKED}5\r\nab`, { body: 'ab', ended: false }],
  [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 9\r\n\r\n1\r\na\r\n0\r\n\r\n',
    { body: 'a' },
  ],
  ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab', { body: 'ab', ended: false }],
  ['SSH-2.0-OpenSSH\r\n', { status: undefined, problem: 'not-http' }],
  ['HTTP/1.1 abc\r\n\r\n', { status: undefined, problem: 'not-http' }],
  ['HTTP/1.1 20\r\n\r\n', { problem: 'not-http' }],
  ['HTTP/1.1 2000 OK\r\n\r\n', { problem: 'not-http' }],
  ['HTT', { status: undefined, problem: undefined }],
  ['HTTP/1.1 200 OK\r\nA: b', { status: undefined, problem: undefined }],
];

test.each(responses)('%j', (text, expected) => {
  expect(read(text)).toMatchObject(expected);
});

test('however it is cut into pieces', () => {
  fc.assert(
    fc.property(fc.constantFrom(...responses), fc.array(fc.nat(200), { maxLength: 8 }), ([text], cuts) => {
      const octets = Buffer.from(text, 'latin1');
      const ends = [...new Set([...cuts.map((cut) => cut % (octets.length + 1)), octets.length])].toSorted(
        (a, b) => a - b,
      );
      const pieces = ends.map((end, at) => octets.subarray(ends[at - 1] ?? 0, end)).filter(({ length }) => length > 0);
      expect(readPieces(pieces)).toEqual(read(text));
    }),
  );
});

test('a response to HEAD has no body', () => {
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', true)).toMatchObject({ status: 200, ended: true });
});

describe('headers of 16,384 octets', () => {
  const head = (octets: number): string => {
    const rest = octets - 'HTTP/1.1 200 OK\r\nX: \r\n\r\n'.length;
    return `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(rest)}\r\n\r\n`;
  };
  test.each([
    [HEAD_OCTETS_MAX, undefined],
    [HEAD_OCTETS_MAX + 1, 'headers-too-large'],
  ])('%d: %s', (octets, problem) => {
    expect(read(`${head(octets)}body`).problem).toBe(problem);
    const pieces = Array.from({ length: Math.ceil(octets / 1000) }, (_, at) =>
      Buffer.from(head(octets).slice(at * 1000, at * 1000 + 1000)),
    );
    expect(readPieces(pieces).problem).toBe(problem);
  });

  test('without an end', () => {
    expect(read(head(20_000).slice(0, -4)).problem).toBe('headers-too-large');
  });

  test('interim responses count', () => {
    expect(read('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)).problem).toBe('headers-too-large');
  });
});

test('the size of a chunk has an end', () => {
  expect(read(`${CHUNKED}1;${'x'.repeat(10_000)}`)).toMatchObject({ body: '', ended: true });
});
