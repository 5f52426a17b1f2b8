import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';

/**
 * Where key-signing keys are: in the member's own key service, in a KMS somewhere else, or in a hardware module. None of them lets a
 * private key out; a signature may take a network's time. `key` is what a caller names it by: an ARN, an id, or an alias. `zoneId` is
 * the hosted zone that it is for, which a key's policy may name.
 */
export interface KeyService {
  describe(key: string, zoneId?: string): Promise<KeyDescription | KeyFailure>;
  /** As a DNSKEY holds it (RFC 6605 §4, RFC 8080 §3). */
  publicKey(key: string, zoneId?: string): Promise<PublicKey | KeyFailure>;
  /** The signature as an RRSIG holds it, 64 octets for either algorithm. */
  sign(key: string, octets: Uint8Array, zoneId?: string): Promise<Uint8Array | KeyFailure>;
}

export interface KeyDescription {
  /** Of the key itself, whatever it was named by. */
  readonly arn: string;
  /** As KMS writes them: `ECC_NIST_P256`, `SIGN_VERIFY`. */
  readonly spec: string;
  readonly usage: string;
  /** What DNSSEC calls it; undefined for a key that cannot sign zones. */
  readonly algorithm: SigningAlgorithm | undefined;
  /** Neither disabled nor about to be deleted. */
  readonly enabled: boolean;
  /** Whether its policy lets zones be signed with it: DescribeKey, GetPublicKey and Sign for dnssec-route53.amazonaws.com. */
  readonly permitted: boolean;
}

export interface PublicKey {
  readonly algorithm: SigningAlgorithm;
  readonly octets: Uint8Array;
}

export interface KeyFailure {
  readonly failed: KeyFailureReason;
  /** For people; it never holds key material. */
  readonly message: string;
}

export type KeyFailureReason =
  /** There is no such key, or no service for such a name. */
  | 'not-found'
  /** It is disabled or about to be deleted: somebody has to act. */
  | 'disabled'
  /** Its policy, or the service, does not let us. */
  | 'denied'
  /** It is of a kind that cannot do this. */
  | 'unsuitable'
  /** Its wrapped private key is of another master secret. */
  | 'locked'
  /** The service cannot be reached, is too slow or too busy: it may work later. */
  | 'unavailable';

export function isKeyFailure(value: object): value is KeyFailure {
  return 'failed' in value;
}
