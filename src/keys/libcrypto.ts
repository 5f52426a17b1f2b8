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
  SHA256(octets: Uint8Array, length: number, digest: Uint8Array): void;
  ERR_clear_error(): void;
}

/** Arrays are parameters and never addresses that are kept: koffi reads where they are when it calls, and the call is over before they move. */
const PROTOTYPES: Readonly<Record<keyof Libcrypto, string>> = {
  d2i_AutoPrivateKey: 'uintptr_t d2i_AutoPrivateKey(uintptr_t, void *, long)',
  EVP_PKEY_CTX_new: 'uintptr_t EVP_PKEY_CTX_new(uintptr_t, uintptr_t)',
  EVP_PKEY_CTX_free: 'void EVP_PKEY_CTX_free(uintptr_t)',
  EVP_PKEY_free: 'void EVP_PKEY_free(uintptr_t)',
  EVP_PKEY_sign_init: 'int EVP_PKEY_sign_init(uintptr_t)',
  EVP_PKEY_sign: 'int EVP_PKEY_sign(uintptr_t, void *, void *, const void *, size_t)',
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
    const context = key === 0 ? 0 : libcrypto.EVP_PKEY_CTX_new(key, 0);
    if (key !== 0) libcrypto.EVP_PKEY_free(key);
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
    length[0] = SIGNATURE_OCTETS_MAX;
    if (this.#libcrypto.EVP_PKEY_sign(this.#context, signature, length, digest, DIGEST_OCTETS) !== 1) {
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

/** What OpenSSL has noted of it is forgotten: Node would take it for its own. */
function refused(by: Libcrypto, name: keyof Libcrypto): LibcryptoError {
  by.ERR_clear_error();
  return new LibcryptoError(name);
}

const DIGEST_OCTETS = 32;
/** Two numbers of 33 octets with their heads, and the head of both. */
const SIGNATURE_OCTETS_MAX = 72n;

/** One of each for all calls: they are over when the next begins. */
const digest = new Uint8Array(DIGEST_OCTETS);
const signature = new Uint8Array(Number(SIGNATURE_OCTETS_MAX));
const length = new BigUint64Array(1);
