import { DIGEST_SHA256, KEY_FLAGS } from '../../dnssec/keys.ts';
import type { SigningAlgorithm } from '../../dnssec/zone-signing.ts';
import type { KeySigningKey } from './zone-dnssec.ts';

/** Names of the algorithms in IANA's registry. */
const MNEMONICS: Readonly<Record<SigningAlgorithm, string>> = { 13: 'ECDSAP256SHA256', 15: 'ED25519' };
const PROTOCOL = 3;

export function mnemonicOf(algorithm: SigningAlgorithm): string {
  return MNEMONICS[algorithm];
}

/** A public key as records have it: its algorithm, and in base64. */
type PublicKey = Pick<KeySigningKey, 'algorithm' | 'publicKey'>;

/** `257 3 13 oJB1W6WNGv+ldvQ3WDG0…`, also a CDNSKEY. */
export function dnskeyOfKsk({ algorithm, publicKey }: PublicKey): string {
  return `${KEY_FLAGS.KEY_SIGNING} ${PROTOCOL} ${algorithm} ${publicKey}`;
}

export function dnskeyOfZsk({ algorithm, publicKey }: PublicKey): string {
  return `${KEY_FLAGS.ZONE_SIGNING} ${PROTOCOL} ${algorithm} ${publicKey}`;
}

/** `60485 13 2 D4B7D520…`, also a CDS. */
export function dsOf({ keyTag, algorithm, digest }: KeySigningKey): string {
  return `${keyTag} ${algorithm} ${DIGEST_SHA256} ${digest}`;
}
