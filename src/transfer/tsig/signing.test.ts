import { describe, expect, test } from 'vitest';
import {
  appendTsig,
  priorMacInput,
  splitSigned,
  timersMacInput,
  type SignedMessage,
} from '../../core/dns/signed-message.ts';
import { ResponseSigner, ResponseVerifier, signRequest } from './signing.ts';
import { macOf, tsigAlgorithm, tsigKey } from './tsig-key.ts';

const algorithm = tsigAlgorithm('hmac-sha256') as NonNullable<ReturnType<typeof tsigAlgorithm>>;
const key = tsigKey('key.example', algorithm, Buffer.from('secret'));
const otherSecret = tsigKey('key.example', algorithm, Buffer.from('another secret'));
const NOW = 1_700_000_000;

const message = (id: number): Uint8Array => Uint8Array.of(id >> 8, id, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const ID = Uint8Array.of(0xab, 0xcd);
const query = signRequest(message(1), key, NOW);

/** Five messages, of which those named carry no signature, as BIND once sent them. */
function stream(unsigned: readonly number[]): Uint8Array[] {
  let mac = query.mac;
  let waiting: Uint8Array[] = [];
  const first = new ResponseSigner(key, query.mac, ID).sign(message(0), NOW);
  mac = (splitSigned(first) as SignedMessage).tsig.mac;
  const messages = [first];
  for (let index = 1; index < 5; index += 1) {
    const bare = message(index);
    waiting.push(bare);
    if (unsigned.includes(index)) {
      messages.push(bare);
      continue;
    }
    const tsig = { ...(splitSigned(first) as SignedMessage).tsig, originalId: index };
    mac = macOf(key, [...priorMacInput(mac), ...waiting, ...timersMacInput(tsig)]);
    waiting = [];
    messages.push(appendTsig(bare, key.name, { ...tsig, mac }));
  }
  return messages;
}

function outcome(messages: readonly Uint8Array[], verifyingKey = key, now = NOW): string {
  const verifier = new ResponseVerifier(verifyingKey, query.mac);
  try {
    for (const [index, each] of messages.entries()) expect(verifier.accept(each, now)).toEqual(message(index));
    verifier.end();
    return 'verified';
  } catch (error) {
    return (error as Error).message;
  }
}

test('every message of a stream is signed and verified', () => {
  const signer = new ResponseSigner(key, query.mac, ID);
  const messages = [0, 1, 2].map((id) => signer.sign(message(id), NOW));
  expect(messages.map((each) => each.length)).toEqual([0, 1, 2].map(() => 12 + signer.octets));
  // Under the id that a forwarder gave the request; what is signed is the client's own.
  expect(messages.map((each) => [...each.subarray(0, 2)])).toEqual([0, 1, 2].map(() => [...ID]));
  expect(outcome(messages)).toBe('verified');
});

describe('some messages carry no signature', () => {
  test.each([[[]], [[1]], [[1, 2, 3]], [[2, 3]]])('%j', (unsigned) =>
    expect(outcome(stream(unsigned))).toBe('verified'),
  );
});

const mismatch = 'the signature does not match: another secret, or a message that was changed';
const swapped = (messages: Uint8Array[]): Uint8Array[] => [...messages.slice(0, 1), ...messages.slice(1).toReversed()];
const changed = (messages: Uint8Array[], index: number): Uint8Array[] =>
  messages.map((each, at) => (at === index ? each.with(3, 5) : each));

test.each([
  ['the last one carries none', stream([4]), 'the last message is not signed'],
  ['there is no message', [], 'the last message is not signed'],
  ['the first one carries none', [message(0)], 'the response is not signed'],
  ['more than 99 carry none', [...stream([]).slice(0, 1), ...Array.from({ length: 100 }, () => message(1))], /./],
])('refused: %s', (_what, messages, expected) => {
  const verifier = new ResponseVerifier(key, query.mac);
  const run = (): void => {
    for (const each of messages) verifier.accept(each, NOW);
    verifier.end();
  };
  expect(run).toThrow(expected);
});

test.each([
  ['a signed message was changed', () => changed(stream([]), 2)],
  ['a message without signature was changed', () => changed(stream([2]), 2)],
  ['messages came in another order', () => swapped(stream([]))],
  ['a message is missing', () => stream([]).toSpliced(2, 1)],
])('refused: %s', (_what, messages) => {
  const verifier = new ResponseVerifier(key, query.mac);
  const run = (): void => {
    for (const each of messages()) verifier.accept(each, NOW);
    verifier.end();
  };
  expect(run).toThrow(mismatch);
});

test('refused: another secret, another time, a response to another request', () => {
  expect(outcome(stream([]), otherSecret)).toBe(mismatch);
  expect(outcome(stream([]), key, NOW + 301)).toBe('the clocks are too far apart (BADTIME)');
  const other = signRequest(message(1), key, NOW + 1);
  expect(() => new ResponseVerifier(key, other.mac).accept(stream([])[0] as Uint8Array, NOW)).toThrow(mismatch);
});
