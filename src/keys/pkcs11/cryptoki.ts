import koffi from 'koffi';

/**
 * A PKCS #11 module, called from TypeScript as the kernel is: by the table of functions that it gives (OASIS PKCS #11 v2.40 §5). Every
 * call runs in a thread of the pool, because a module may wait for a network. Structures are laid out by hand, as LP64 systems have them.
 */
export class Cryptoki {
  /** Held, because a library that nobody holds is unloaded, and its functions with it. */
  readonly #library: ReturnType<typeof koffi.load>;
  readonly #functions: bigint;
  readonly #bound = new Map<string, AsyncFunction>();
  /** Memory that a call uses, until it returns. */
  readonly #held = new Set<readonly unknown[]>();

  /** Throws when there is no such module. */
  constructor(path: string) {
    const pointer = Buffer.alloc(WORD);
    // Many modules bring an OpenSSL, which must not be mixed with the one that Node is made of: `deep` has them see their own first.
    this.#library = koffi.load(path, { deep: true });
    const list = this.#library.func('C_GetFunctionList', 'ulong', ['uintptr_t']) as (at: bigint) => number;
    const code = list(koffi.address(pointer));
    if (code !== CKR.OK) throw new CryptokiError('C_GetFunctionList', code);
    this.#functions = pointer.readBigUInt64LE();
  }

  /** Buffers go as their addresses. Rejects with `CryptokiError` for another code than OK and those in `accepted`; gives the code. */
  call(
    name: keyof typeof FUNCTIONS,
    parameters: readonly Parameter[],
    accepted: readonly number[] = [],
  ): Promise<number> {
    const held = [parameters];
    this.#held.add(held);
    const words = parameters.map((each) => (each instanceof Uint8Array ? koffi.address(each) : each));
    return new Promise((resolve, reject) => {
      this.#functionOf(name, parameters.length).async(...words, (error: Error | null, code: number) => {
        this.#held.delete(held);
        if (error !== null) reject(error);
        else if (code === CKR.OK || accepted.includes(code)) resolve(code);
        else reject(new CryptokiError(name, code));
      });
    });
  }

  #functionOf(name: keyof typeof FUNCTIONS, parameters: number): AsyncFunction {
    let bound = this.#bound.get(name);
    if (bound === undefined) {
      const pointer = koffi.decode(this.#functions + BigInt((FUNCTIONS[name] + 1) * WORD), 'uintptr_t') as
        | bigint
        | number;
      bound = koffi.decode(pointer, koffi.proto('ulong', Array<string>(parameters).fill('uintptr_t'))) as AsyncFunction;
      this.#bound.set(name, bound);
    }
    return bound;
  }
}

export type Parameter = number | bigint | Uint8Array;
interface AsyncFunction {
  async(...parameters: unknown[]): void;
}

/** A refusal of the module. */
export class CryptokiError extends Error {
  readonly code: number;

  constructor(name: string, code: number) {
    const known = Object.entries(CKR).find(([, value]) => value === code)?.[0];
    super(`${name} failed with ${known === undefined ? `0x${code.toString(16)}` : `CKR_${known}`}`);
    this.name = 'CryptokiError';
    this.code = code;
  }
}

/** A pointer, or a CK_ULONG. */
export const WORD = 8;

/** Their places in CK_FUNCTION_LIST, behind its version. */
const FUNCTIONS = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetSlotList: 4,
  C_GetTokenInfo: 6,
  C_OpenSession: 12,
  C_CloseSession: 13,
  C_Login: 18,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
  C_SignInit: 42,
  C_Sign: 43,
} as const;

/** Return values that something depends on, or that people should read by name. */
export const CKR = {
  OK: 0x0,
  SLOT_ID_INVALID: 0x3,
  GENERAL_ERROR: 0x5,
  FUNCTION_FAILED: 0x6,
  DEVICE_ERROR: 0x30,
  DEVICE_MEMORY: 0x31,
  DEVICE_REMOVED: 0x32,
  KEY_HANDLE_INVALID: 0x60,
  KEY_TYPE_INCONSISTENT: 0x63,
  KEY_FUNCTION_NOT_PERMITTED: 0x68,
  MECHANISM_INVALID: 0x70,
  OBJECT_HANDLE_INVALID: 0x82,
  OPERATION_ACTIVE: 0x90,
  PIN_INCORRECT: 0xa0,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  SESSION_CLOSED: 0xb0,
  SESSION_HANDLE_INVALID: 0xb3,
  TOKEN_NOT_PRESENT: 0xe0,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
  CRYPTOKI_NOT_INITIALIZED: 0x190,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

/** One CK_ULONG in memory. */
export function word(value: number | bigint = 0): Buffer {
  const octets = Buffer.alloc(WORD);
  octets.writeBigUInt64LE(BigInt(value));
  return octets;
}

/** Several of them: numbers, and addresses of buffers, which live for as long as this does. */
export function words(...values: readonly Parameter[]): Buffer {
  const all = Buffer.concat(values.map((value) => word(value instanceof Uint8Array ? koffi.address(value) : value)));
  pointedAt.set(all, values);
  return all;
}

const pointedAt = new WeakMap<Uint8Array, readonly Parameter[]>();
