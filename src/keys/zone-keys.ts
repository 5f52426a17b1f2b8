import { dnskeyOf, KEY_FLAGS, keyTag } from '../core/dnssec/keys.ts';
import type { SigningAlgorithm, SigningKey } from '../core/dnssec/zone-signing.ts';
import { newKeyPair } from './private-key.ts';
import type { Wrapping } from './wrapping.ts';

/** A zone-signing key as it enters the state. */
export interface NewZoneKey extends SigningKey {
  /** As its DNSKEY holds it. Base64. */
  readonly publicKey: string;
}

/** What a zone-signing key is wrapped under: it signs as this one or not at all. */
export function zoneKeyId({ algorithm, tag }: Pick<SigningKey, 'algorithm' | 'tag'>): string {
  return `${algorithm}/${tag}`;
}

export function newZoneKey(wrapping: Wrapping, algorithm: SigningAlgorithm): NewZoneKey {
  const { publicKey, privateKey } = newKeyPair(algorithm);
  const tag = keyTag(dnskeyOf(KEY_FLAGS.ZONE_SIGNING, algorithm, publicKey));
  const wrapped = wrapping.wrap(zoneKeyId({ algorithm, tag }), privateKey);
  privateKey.fill(0);
  return { tag, algorithm, publicKey: Buffer.from(publicKey).toString('base64'), wrapped };
}
