import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../test/free-port.ts';
import { askParent } from './parent-asker.ts';
import { startUpstream, type TestUpstream } from './upstream-for-tests.ts';

const DS = `12345 13 2 ${'AB'.repeat(32)}`;
const OTHER = `54321 13 2 ${'CD'.repeat(32)}`;
const SIGNATURE = 'DS 13 2 86400 20261231000000 20261201000000 1 example. AAAA';

let upstream: TestUpstream;
let second: TestUpstream;

beforeAll(async () => {
  [upstream, second] = [await startUpstream(await freePort()), await startUpstream(await freePort())];
});
afterAll(() => Promise.all([upstream.close(), second.close()]));

/** What is told of `shop.example.`, in words. */
async function told(resolvers: readonly string[] = [upstream.address]): Promise<string[]> {
  const parent = await askParent(resolvers, 'shop.example.');
  if ('silent' in parent) return [parent.silent.replaceAll(/127\.0\.0\.1:[0-9]+/g, 'resolver')];
  return parent.answers.map(({ signers, ttlSeconds, nameServers }) =>
    [
      signers.map((each) => each.slice(0, 5)).join('+') || 'no DS',
      ttlSeconds,
      nameServers?.join('+') ?? 'NS unknown',
    ].join(' '),
  );
}

describe('what a resolver says of shop.example, and what is made of it', () => {
  test.each<[Record<string, string>, string]>([
    [{ DS: `60 ${DS}`, NS: '60 ns1.test.,ns2.test.' }, '12345 60 ns1.test.+ns2.test.'],
    [{ DS: `60 ${DS},${OTHER}` }, '12345+54321 60 '],
    [{ DS: `60 ${DS}`, 'DS RRSIG': `60 ${SIGNATURE}` }, '12345 86400 '],
    [{ DS: `long 60 ${DS}` }, '12345 60 '],
    [{ DS: 'NOERROR of example.', NS: '60 ns1.test.' }, 'no DS 0 ns1.test.'],
    [{ DS: 'NXDOMAIN of .', NS: 'NXDOMAIN of .' }, 'no DS 0 '],
    [{ DS: 'NOERROR of example.', NS: 'SERVFAIL' }, 'no DS 0 NS unknown'],
    [{ DS: 'SERVFAIL' }, 'resolver: SERVFAIL'],
    [{ DS: 'REFUSED' }, 'resolver: REFUSED'],
    [{ DS: 'NOERROR of shop.example.' }, "resolver: the zone's own name servers answered, and not its parent's"],
  ])('%o: %s', async (says, expected) => {
    upstream.says.clear();
    for (const [type, text] of Object.entries(says)) upstream.says.set(`shop.example. ${type}`, text);
    expect(await told()).toEqual([expected]);
  });
});

test('every resolver is asked, and each that answers counts', async () => {
  upstream.says.set('shop.example. DS', 'NOERROR of example.');
  second.says.set('shop.example. DS', `60 ${DS}`);
  const both = [upstream.address, second.address];
  expect(await told(both)).toEqual(['no DS 0 ', '12345 60 ']);
  second.says.set('shop.example. DS', 'SERVFAIL');
  expect(await told(both)).toEqual(['no DS 0 ']);
  upstream.says.set('shop.example. DS', 'REFUSED');
  expect(await told(both)).toEqual(['resolver: REFUSED; resolver: SERVFAIL']);
});

test('a resolver that is silent, and one that is not there', async () => {
  upstream.says.set('shop.example. DS', 'silence');
  expect(await told([upstream.address, `127.0.0.1:${await freePort()}`])).toEqual([
    'resolver: timeout; resolver: unreachable',
  ]);
  // The kernel lets nobody send there.
  expect(await told(['255.255.255.255'])).toEqual(['255.255.255.255: unreachable']);
  expect(upstream.asked.filter((each) => each === 'shop.example. DS').length).toBeGreaterThan(1);
});

test('who forges an answer without having seen the question is not heard', async () => {
  const forger = createSocket('udp4').bind(0, '127.0.0.1');
  await new Promise((resolve) => forger.once('listening', resolve));
  const { port } = forger.address();
  forger.on('message', (octets, client) => {
    const forged = Buffer.from(octets);
    forged.writeUInt16BE((forged.readUInt16BE() + 1) & 0xffff);
    forged[2] = 0x81;
    forged[3] = 0x80;
    forger.send(forged, client.port, client.address);
    forger.send(Buffer.from('no message'), client.port, client.address);
  });
  expect(await told([`127.0.0.1:${port}`])).toEqual(['resolver: timeout']);
  await new Promise<void>((resolve) => forger.close(resolve));
});
