import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDohHead, type DohHead } from './doh-request.ts';

const GET = (target: string, more: Partial<DohHead> = {}): DohHead => ({
  method: 'GET',
  target,
  accept: undefined,
  contentType: undefined,
  contentLength: undefined,
  ...more,
});
const POST = (more: Partial<DohHead> = {}): DohHead =>
  GET('/dns-query', { method: 'POST', contentType: 'application/dns-message', ...more });
const accepting = (accept: string): DohHead => GET('/dns-query?dns=AAAA', { accept });

const rows: [string, DohHead, string][] = [
  ['GET with a message', GET('/dns-query?dns=AAABAAABAAAAAAAA'), 'message 000001000001000000000000'],
  ['beside other parameters', GET('/dns-query?ct&dns=_-8&x=1'), 'message ffef'],
  ['GET with an empty one, which is no query but well formed', GET('/dns-query?dns='), 'message '],
  ['GET without', GET('/dns-query'), '400'],
  ['GET with another parameter', GET('/dns-query?name=example.com'), '400'],
  ['padded base64', GET('/dns-query?dns=AAA='), '400'],
  ['base64 that is not base64url', GET('/dns-query?dns=A+/A'), '400'],
  ['a length that base64 cannot have', GET('/dns-query?dns=AAAAA'), '400'],
  ['more than a message', GET(`/dns-query?dns=${'A'.repeat(87_384)}`), '413'],
  ['another path', GET('/?dns=AAAA'), '404'],
  ['a longer path', GET('/dns-query/?dns=AAAA'), '404'],
  ['HEAD', GET('/dns-query?dns=AAAA', { method: 'HEAD' }), '405'],
  ['OPTIONS', GET('*', { method: 'OPTIONS' }), '404'],
  ['PUT', POST({ method: 'PUT' }), '405'],
  ['POST', POST(), 'body'],
  ['POST with parameters of the type', POST({ contentType: 'Application/DNS-Message; charset=x' }), 'body'],
  ['POST of another type', POST({ contentType: 'application/json' }), '415'],
  ['POST of no type', POST({ contentType: undefined }), '415'],
  ['POST of the longest message', POST({ contentLength: '65535' }), 'body'],
  ['POST of more', POST({ contentLength: '65536' }), '413'],
  ['accepting it', accepting('application/dns-message'), 'message 000000'],
  ['accepting all', accepting('text/html, */*;q=0.1'), 'message 000000'],
  ['accepting its family', accepting('application/*'), 'message 000000'],
  ['accepting others', accepting('application/dns-json'), '406'],
  ['accepting all but it', accepting('*/*, application/dns-message;q=0'), '406'],
  ['accepting it alone', accepting('*/*;q=0.0, application/dns-message;q=0.5'), 'message 000000'],
  ['accepting nothing', accepting(''), '406'],
];

function text(head: DohHead): string {
  const read = readDohHead(head);
  if (read.kind === 'message') return `message ${Buffer.from(read.message).toString('hex')}`;
  return read.kind === 'body' ? 'body' : String(read.status);
}

test.each(rows)('%s', (_, head, expected) => expect(text(head)).toBe(expected));

test('every message comes out as it was put in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (message) => {
      const target = `/dns-query?dns=${Buffer.from(message).toString('base64url')}`;
      expect(text(GET(target))).toBe(`message ${Buffer.from(message).toString('hex')}`);
    }),
  );
});
