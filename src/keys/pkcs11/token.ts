import { CKR, Cryptoki, CryptokiError, WORD, word, words } from './cryptoki.ts';

export interface TokenOptions {
  /** The module's shared library. */
  readonly module: string;
  /** The token's label; undefined for the only one that there is. */
  readonly label: string | undefined;
  readonly pin: Uint8Array;
}

/** A key pair in the token, by its label. */
export interface TokenKey {
  readonly privateKey: bigint;
  /** `CKK_…` */
  readonly type: number;
  /** CKA_EC_PARAMS and CKA_EC_POINT of the public key: DER. */
  readonly curve: Uint8Array;
  readonly point: Uint8Array;
  readonly signs: boolean;
}

/** Why a token cannot be used, for people. */
export class TokenError extends Error {
  readonly reason: 'unavailable' | 'denied' | 'not-found' | 'unsuitable';

  constructor(reason: TokenError['reason'], message: string) {
    super(message);
    this.name = 'TokenError';
    this.reason = reason;
  }
}

/** The session is gone, not the token: with another one it may go on. */
const LOST: readonly number[] = [
  CKR.DEVICE_ERROR,
  CKR.DEVICE_REMOVED,
  CKR.KEY_HANDLE_INVALID,
  CKR.OBJECT_HANDLE_INVALID,
  CKR.SESSION_CLOSED,
  CKR.SESSION_HANDLE_INVALID,
  CKR.TOKEN_NOT_PRESENT,
  CKR.USER_NOT_LOGGED_IN,
  CKR.CRYPTOKI_NOT_INITIALIZED,
  CKR.OPERATION_ACTIVE,
];
const WRONG_PIN: readonly number[] = [CKR.PIN_INCORRECT, CKR.PIN_LOCKED, CKR.PIN_EXPIRED, CKR.USER_PIN_NOT_INITIALIZED];

const CKF_OS_LOCKING_OK = 2;
const CKF_SERIAL_SESSION = 4;
const CKU_USER = 1;
const CKO_PUBLIC_KEY = 2;
const CKO_PRIVATE_KEY = 3;
const CKA = { CLASS: 0x0, LABEL: 0x3, KEY_TYPE: 0x100, SIGN: 0x108, EC_PARAMS: 0x180, EC_POINT: 0x181 } as const;
const TOKEN_INFO_OCTETS = 256;
const TOKEN_LABEL_OCTETS = 32;
const SLOTS_MAX = 256;
/** A token that hangs must not gather callers: those beyond are told so at once. */
const WAITING_MAX = 100;

/**
 * One session with one token, opened when it is first needed and again when it was lost. Callers take turns: a session does one thing
 * at a time. A PIN that was wrong once is not tried again, because tokens lock themselves after a few.
 */
export class Token {
  readonly #options: TokenOptions;
  #cryptoki: Cryptoki | undefined;
  #session: bigint | undefined;
  #wrongPin: TokenError | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** Rejects with `TokenError`. */
  key(label: string): Promise<TokenKey> {
    return this.#inSession((cryptoki, session) => findKey(cryptoki, session, label));
  }

  /** `octets` as the mechanism takes them; 64 octets. Rejects with `TokenError`. */
  sign(label: string, mechanism: number, octets: Uint8Array): Promise<Uint8Array> {
    return this.#inSession(async (cryptoki, session) => {
      const { privateKey } = await findKey(cryptoki, session, label);
      await cryptoki.call('C_SignInit', [session, words(mechanism, 0, 0), privateKey]);
      const signature = Buffer.alloc(SIGNATURE_OCTETS);
      const length = word(signature.length);
      await cryptoki.call('C_Sign', [session, octets, octets.length, signature, length]);
      return signature.subarray(0, Number(length.readBigUInt64LE()));
    });
  }

  async close(): Promise<void> {
    const cryptoki = this.#cryptoki;
    if (cryptoki !== undefined) await cryptoki.call('C_Finalize', [0]).catch(() => {});
  }

  #inSession<T>(action: (cryptoki: Cryptoki, session: bigint) => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) {
      return Promise.reject(new TokenError('unavailable', 'Too many wait for the PKCS #11 token.'));
    }
    this.#waiting += 1;
    const turn = this.#turn
      .then(() => this.#attempt(action, true))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #attempt<T>(action: (cryptoki: Cryptoki, session: bigint) => Promise<T>, again: boolean): Promise<T> {
    try {
      const cryptoki = this.#load();
      this.#session ??= await this.#open(cryptoki);
      return await action(cryptoki, this.#session);
    } catch (error) {
      if (!(error instanceof CryptokiError)) throw error;
      const lost = this.#session;
      this.#session = undefined;
      if (LOST.includes(error.code) && again) {
        if (lost !== undefined) await this.#cryptoki?.call('C_CloseSession', [lost]).catch(() => {});
        return this.#attempt(action, false);
      }
      throw new TokenError('unavailable', `The PKCS #11 token cannot be used: ${error.message}.`);
    }
  }

  #load(): Cryptoki {
    try {
      return (this.#cryptoki ??= new Cryptoki(this.#options.module));
    } catch (error) {
      const { message } = error as Error;
      throw new TokenError('unavailable', `The PKCS #11 module ${this.#options.module} cannot be loaded: ${message}.`);
    }
  }

  async #open(cryptoki: Cryptoki): Promise<bigint> {
    if (this.#wrongPin !== undefined) throw this.#wrongPin;
    const callbacks = [0, 0, 0, 0];
    await cryptoki.call(
      'C_Initialize',
      [words(...callbacks, CKF_OS_LOCKING_OK, 0)],
      [CKR.CRYPTOKI_ALREADY_INITIALIZED],
    );
    const slot = await this.#slot(cryptoki);
    const session = word();
    await cryptoki.call('C_OpenSession', [slot, CKF_SERIAL_SESSION, 0, 0, session]);
    const opened = session.readBigUInt64LE();
    const { pin } = this.#options;
    try {
      await cryptoki.call('C_Login', [opened, CKU_USER, pin, pin.length], [CKR.USER_ALREADY_LOGGED_IN]);
    } catch (error) {
      if (!(error instanceof CryptokiError) || !WRONG_PIN.includes(error.code)) throw error;
      this.#wrongPin = new TokenError(
        'denied',
        `The PKCS #11 token does not accept the PIN (${error.message}); it is not tried again before a restart.`,
      );
      throw this.#wrongPin;
    }
    return opened;
  }

  async #slot(cryptoki: Cryptoki): Promise<bigint> {
    const slots = Buffer.alloc(SLOTS_MAX * WORD);
    const count = word(SLOTS_MAX);
    await cryptoki.call('C_GetSlotList', [1, slots, count]);
    const found: bigint[] = [];
    for (let at = 0; at < Number(count.readBigUInt64LE()); at += 1) {
      const slot = slots.readBigUInt64LE(at * WORD);
      const info = Buffer.alloc(TOKEN_INFO_OCTETS);
      await cryptoki.call('C_GetTokenInfo', [slot, info]);
      const label = info.toString('utf8', 0, TOKEN_LABEL_OCTETS).trimEnd();
      if (this.#options.label === undefined ? label !== '' : label === this.#options.label) found.push(slot);
    }
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const named = this.#options.label === undefined ? '' : ` labelled ${this.#options.label}`;
    throw new TokenError(
      'unavailable',
      only === undefined
        ? `There is no PKCS #11 token${named}.`
        : `There are ${found.length} PKCS #11 tokens${named}; WAYPOST_PKCS11_TOKEN says which.`,
    );
  }
}

/** r and s of P-256, or an Ed25519 signature. */
const SIGNATURE_OCTETS = 64;

async function findKey(cryptoki: Cryptoki, session: bigint, label: string): Promise<TokenKey> {
  const privateKey = await findObject(cryptoki, session, CKO_PRIVATE_KEY, label);
  const publicKey = await findObject(cryptoki, session, CKO_PUBLIC_KEY, label);
  const type = await attribute(cryptoki, session, privateKey, CKA.KEY_TYPE);
  const signs = await attribute(cryptoki, session, privateKey, CKA.SIGN);
  return {
    privateKey,
    type: Number(type.readBigUInt64LE()),
    signs: signs[0] === 1,
    curve: await attribute(cryptoki, session, publicKey, CKA.EC_PARAMS),
    point: await attribute(cryptoki, session, publicKey, CKA.EC_POINT),
  };
}

async function findObject(cryptoki: Cryptoki, session: bigint, kind: number, label: string): Promise<bigint> {
  const [kindWord, name] = [word(kind), Buffer.from(label)];
  const template = words(CKA.CLASS, kindWord, WORD, CKA.LABEL, name, name.length);
  await cryptoki.call('C_FindObjectsInit', [session, template, 2]);
  const [handles, count] = [Buffer.alloc(2 * WORD), word()];
  try {
    await cryptoki.call('C_FindObjects', [session, handles, 2, count]);
  } finally {
    await cryptoki.call('C_FindObjectsFinal', [session]);
  }
  const found = Number(count.readBigUInt64LE());
  const what = kind === CKO_PRIVATE_KEY ? 'private key' : 'public key';
  if (found === 0) throw new TokenError('not-found', `The PKCS #11 token has no ${what} labelled ${label}.`);
  if (found > 1) throw new TokenError('unsuitable', `The PKCS #11 token has several ${what}s labelled ${label}.`);
  return handles.readBigUInt64LE();
}

/** Longer than any attribute of these keys. */
const ATTRIBUTE_OCTETS = 256;

async function attribute(cryptoki: Cryptoki, session: bigint, object: bigint, type: number): Promise<Buffer> {
  const value = Buffer.alloc(ATTRIBUTE_OCTETS);
  const template = words(type, value, value.length);
  await cryptoki.call('C_GetAttributeValue', [session, object, template, 1]);
  return value.subarray(0, Number(template.readBigUInt64LE(2 * WORD)));
}
