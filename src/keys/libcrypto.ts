import koffi from 'koffi';

/**
 * The OpenSSL that Node is made of, or linked with, called from TypeScript as the kernel is: its symbols are among the program's own. So the
 * same code, providers and random numbers sign as by way of `node:crypto`, without what that does for every signature anew: a
 * context for the digest and one for the key, the algorithms fetched for them, a job, and memory that is collected later.
 *
 * The host's `libcrypto.so` is never loaded. Beside Node's symbols, two thousand of its own would be bound to those of another version.
 */
interface Libcrypto {
  d2i_AutoPrivateKey(into: 0, der: BigUint64Array, octets: number): number;
  d2i_PUBKEY(into: 0, der: BigUint64Array, octets: number): number;
  EVP_PKEY_CTX_new(key: number, engine: 0): number;
  EVP_PKEY_CTX_free(context: number): void;
  EVP_PKEY_free(key: number): void;
  EVP_PKEY_sign_init(context: number): number;
  EVP_PKEY_sign(
    context: number,
    signature: Uint8Array,
    length: BigUint64Array,
    digest: Uint8Array,
    octets: number,
  ): number;
  EVP_PKEY_verify_init(context: number): number;
  EVP_PKEY_verify(context: number, signature: Uint8Array, length: number, digest: Uint8Array, octets: number): number;
  SHA256(octets: Uint8Array, length: number, digest: Uint8Array): void;
  ERR_clear_error(): void;
}

/** Arrays are parameters and never addresses that are kept: koffi reads where they are when it calls, and the call is over before they move. */
const PROTOTYPES: Readonly<Record<keyof Libcrypto, string>> = {
  d2i_AutoPrivateKey: 'uintptr_t d2i_AutoPrivateKey(uintptr_t, void *, long)',
  d2i_PUBKEY: 'uintptr_t d2i_PUBKEY(uintptr_t, void *, long)',
  EVP_PKEY_CTX_new: 'uintptr_t EVP_PKEY_CTX_new(uintptr_t, uintptr_t)',
  EVP_PKEY_CTX_free: 'void EVP_PKEY_CTX_free(uintptr_t)',
  EVP_PKEY_free: 'void EVP_PKEY_free(uintptr_t)',
  EVP_PKEY_sign_init: 'int EVP_PKEY_sign_init(uintptr_t)',
  EVP_PKEY_sign: 'int EVP_PKEY_sign(uintptr_t, void *, void *, const void *, size_t)',
  EVP_PKEY_verify_init: 'int EVP_PKEY_verify_init(uintptr_t)',
  EVP_PKEY_verify: 'int EVP_PKEY_verify(uintptr_t, const void *, size_t, const void *, size_t)',
  SHA256: 'void SHA256(const void *, size_t, void *)',
  ERR_clear_error: 'void ERR_clear_error()',
};

/** Undefined where the program has no such symbols, or they are not of the OpenSSL that Node knows. */
function load(): Libcrypto | undefined {
  try {
    const program = koffi.load(null);
    const version = program.func('const char *OpenSSL_version(int)') as (what: number) => string;
    if (!version(0).startsWith(`OpenSSL ${process.versions.openssl} `)) return undefined;
    const functions = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, program.func(prototype)]);
    return Object.fromEntries(functions) as Libcrypto;
  } catch {
    return undefined;
  }
}

const libcrypto = load();

/** OpenSSL refused, which it does when it is out of memory or of randomness. */
export class LibcryptoError extends Error {
  constructor(name: keyof Libcrypto) {
    super(`${name} failed`);
    this.name = 'LibcryptoError';
  }
}

/**
 * A private key of P-256 in OpenSSL's memory, which nothing but its own thread uses and nothing collects: whoever has it releases it, and
 * OpenSSL overwrites it then.
 */
export class P256Key {
  readonly #libcrypto: Libcrypto;
  #context: number;

  private constructor(by: Libcrypto, context: number) {
    this.#libcrypto = by;
    this.#context = context;
  }

  /** From a PKCS #8 key (RFC 5958). Undefined where OpenSSL cannot be called. Throws `LibcryptoError`. */
  static open(der: Uint8Array): P256Key | undefined {
    if (libcrypto === undefined) return undefined;
    const key = libcrypto.d2i_AutoPrivateKey(0, BigUint64Array.of(BigInt(koffi.address(der))), der.length);
    const context = contextOf(libcrypto, key);
    const opened = new P256Key(libcrypto, context);
    if (context !== 0 && libcrypto.EVP_PKEY_sign_init(context) === 1) return opened;
    opened.release();
    throw refused(libcrypto, key === 0 ? 'd2i_AutoPrivateKey' : 'EVP_PKEY_sign_init');
  }

  /**
   * ECDSA with SHA-256, in DER (RFC 3279 §2.2.3); behind its end, which its second octet tells, is what was left there. Valid until the next
   * call, of any key. Throws `LibcryptoError`.
   */
  sign(octets: Uint8Array): Uint8Array {
    this.#libcrypto.SHA256(octets, octets.length, digest);
    return this.signDigest(digest);
  }

  /** As `sign`, of octets whose SHA-256 is `given`. Throws `LibcryptoError`, and `RangeError` for what is no digest. */
  signDigest(given: Uint8Array): Uint8Array {
    checkDigest(given);
    length[0] = SIGNATURE_OCTETS_MAX;
    if (this.#libcrypto.EVP_PKEY_sign(this.#context, signature, length, given, DIGEST_OCTETS) !== 1) {
      throw refused(this.#libcrypto, 'EVP_PKEY_sign');
    }
    return signature;
  }

  /** Afterwards it signs nothing. */
  release(): void {
    this.#libcrypto.EVP_PKEY_CTX_free(this.#context);
    this.#context = 0;
  }
}

/**
 * Whether `given`, in DER, is the signature of a digest by the key of `info`, a SubjectPublicKeyInfo of P-256. What is no signature at all
 * is none of this key either. Undefined where OpenSSL cannot be called. Throws `LibcryptoError` for what is no key, and `RangeError` for
 * what is no digest.
 */
export function isP256Signature(info: Uint8Array, hashed: Uint8Array, given: Uint8Array): boolean | undefined {
  if (libcrypto === undefined) return undefined;
  checkDigest(hashed);
  // DER writes numbers in one way, which OpenSSL insists on.
  if (given.length === 0 || given.length > SIGNATURE_OCTETS_MAX) return false;
  const at = BigUint64Array.of(BigInt(koffi.address(info)));
  const key = libcrypto.d2i_PUBKEY(0, at, info.length);
  // It is asked of `info` again, which is not collected before: an address alone would not keep it.
  const whole = at[0] === BigInt(koffi.address(info)) + BigInt(info.length);
  const context = contextOf(libcrypto, key);
  try {
    if (!whole || context === 0 || libcrypto.EVP_PKEY_verify_init(context) !== 1) {
      throw refused(libcrypto, key === 0 || !whole ? 'd2i_PUBKEY' : 'EVP_PKEY_verify_init');
    }
    if (libcrypto.EVP_PKEY_verify(context, given, given.length, hashed, DIGEST_OCTETS) === 1) return true;
    libcrypto.ERR_clear_error();
    return false;
  } finally {
    libcrypto.EVP_PKEY_CTX_free(context);
  }
}

/** Takes the key over: it lives as long as its context, which is 0 for none. */
function contextOf(by: Libcrypto, key: number): number {
  if (key === 0) return 0;
  const context = by.EVP_PKEY_CTX_new(key, 0);
  by.EVP_PKEY_free(key);
  return context;
}

/** OpenSSL would take as many octets as it is told of, and sign the first of them. */
function checkDigest(given: Uint8Array): void {
  if (given.length === DIGEST_OCTETS) return;
  throw new RangeError(`a digest has ${DIGEST_OCTETS} octets, and not ${given.length}`);
}

/** What OpenSSL has noted of it is forgotten: Node would take it for its own. */
function refused(by: Libcrypto, name: keyof Libcrypto): LibcryptoError {
  by.ERR_clear_error();
  return new LibcryptoError(name);
}

export const DIGEST_OCTETS = 32;
/** Two numbers of 33 octets with their heads, and the head of both. */
const SIGNATURE_OCTETS_MAX = 72n;

/** One of each for all calls: they are over when the next begins. */
const digest = new Uint8Array(DIGEST_OCTETS);
const signature = new Uint8Array(Number(SIGNATURE_OCTETS_MAX));
const length = new BigUint64Array(1);
