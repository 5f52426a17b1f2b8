import { createPublicKey, verify } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { newKeyPair, publicKeyInfo } from '../../src/keys/private-key.ts';
import { Wrapping } from '../../src/keys/wrapping.ts';
import { newZoneKey } from '../../src/keys/zone-keys.ts';
import { createZoneSigner } from '../../src/keys/zone-signer.ts';
import { askOfDigest } from './digest-fuzz.ts';
import { Random } from './random.ts';
import type { SignerTask } from './signer-fuzz.ts';

const { signatures, seed } = workerData as SignerTask;
const KEYS = 8;
const HELD = 4;
/** Signatures by one key before another's turn. */
const TURN = 20;
const OCTETS_MAX = 600;

const random = new Random(seed);
const wrappingKey = new Uint8Array(32).fill(7);
const keys = Array.from({ length: KEYS }, () => {
  const key = newZoneKey(new Wrapping(wrappingKey), 13);
  const info = Buffer.from(publicKeyInfo(13, Buffer.from(key.publicKey, 'base64')));
  return { key, publicKey: createPublicKey({ key: info, format: 'der', type: 'spki' }) };
});
const signer = createZoneSigner(wrappingKey, HELD);
/** Some of what was signed last, so that not all garbage is young. */
const kept: { octets: Uint8Array; signature: Uint8Array }[] = [];

let { key, publicKey } = random.pick(keys);
for (let count = 0; count < signatures; count += 1) {
  if (count % TURN === 0) ({ key, publicKey } = random.pick(keys));
  // Nobody uses them.
  if (random.oneIn(200)) newKeyPair(13);
  const octets = random.octets(1 + random.below(OCTETS_MAX));
  const signature = signer.sign(key, octets);
  if (signature === undefined || !verify('sha256', octets, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) {
    const what = `${Buffer.from(octets).toString('hex')} → ${Buffer.from(signature ?? []).toString('hex')}`;
    throw new Error(`no signature: seed ${seed}, number ${count}: ${what}`);
  }
  if (random.oneIn(10)) askOfDigest(random, octets);
  kept[random.below(1000)] = { octets, signature };
}
