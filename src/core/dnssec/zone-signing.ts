/**
 * How a zone is signed: all that its answers need, which is there exactly while the zone serves signatures. Everything about keys that
 * only the control plane needs stays with the control plane.
 */
export interface ZoneSigning {
  /** The zone-signing key that signs now. */
  readonly signer: SigningKey;
  /** The tag of the one that signed before, while it is published: what it has signed counts on until its period is over. */
  readonly formerTag?: number;
  /** RRsets of the apex that key-signing keys sign, ahead of time: DNSKEY, and CDS and CDNSKEY where they are published. */
  readonly signedAhead: readonly SignedAhead[];
}

/** A key that Waypost signs with by itself. */
export interface SigningKey {
  /** RFC 4034 appendix B. */
  readonly tag: number;
  readonly algorithm: SigningAlgorithm;
  /** The private key as it rests: only who has the master secret can use it. Base64. */
  readonly wrapped: string;
}

/** ECDSAP256SHA256 (RFC 6605) and ED25519 (RFC 8080). */
export type SigningAlgorithm = 13 | 15;

/** An RRset of the apex and its signatures, one period after the other. */
export interface SignedAhead {
  /** `DNSKEY`, `CDS` or `CDNSKEY`. */
  readonly type: string;
  readonly ttlSeconds: number;
  /** As zone data has them: in presentation format. */
  readonly values: readonly string[];
  /** Earliest first. The last one that has begun counts. */
  readonly periods: readonly SignedPeriod[];
}

export interface SignedPeriod {
  /** Seconds since the epoch: when these signatures take the place of those before, a while after their inception. */
  readonly from: number;
  /** RRSIG records in presentation format, one for each key that signs. */
  readonly signatures: readonly string[];
}

/** Signs with zone-signing keys, at once: one for each thread that answers. */
export interface ZoneSigner {
  /** The signature as an RRSIG holds it, 64 octets for either algorithm; undefined when the key cannot be unwrapped here. */
  sign(key: SigningKey, octets: Uint8Array): Uint8Array | undefined;
}
