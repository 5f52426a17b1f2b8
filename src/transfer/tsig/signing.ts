import { timingSafeEqual, type Hmac } from 'node:crypto';
import { namesEqual } from '../../core/dns/name.ts';
import { TSIG_ERROR, type Tsig } from '../../core/dns/rdata/tsig.ts';
import {
  appendTsig,
  priorMacInput,
  requestMacInput,
  responseMacInput,
  splitSigned,
  timersMacInput,
  tsigOctets,
  type MacInput,
} from '../../core/dns/signed-message.ts';
import { leastMacOctets, macOf, startMac, type TsigKey } from './tsig-key.ts';
import { FUDGE_SECONDS } from './verify-request.ts';

/** Signs the messages of one response: the first covers its request, each later one the message before it (RFC 8945 §5.3.1). */
export class ResponseSigner {
  readonly #key: TsigKey;
  readonly #id: Uint8Array;
  #mac: Uint8Array;
  #isFirst = true;

  /** `id` is what the request came under; what is signed has the id that its sender signed (RFC 8945 §5.3). */
  constructor(key: TsigKey, requestMac: Uint8Array, id: Uint8Array) {
    this.#key = key;
    this.#id = id;
    this.#mac = requestMac;
  }

  /** Octets that a signature adds to each message. */
  get octets(): number {
    return signatureOctets(this.#key);
  }

  sign(message: Uint8Array, nowSeconds: number): Uint8Array {
    const key = this.#key;
    const tsig = unsignedTsig(key, message, nowSeconds);
    const input = this.#isFirst
      ? responseMacInput(this.#mac, message, key.name, tsig)
      : [...priorMacInput(this.#mac), message, ...timersMacInput(tsig)];
    this.#mac = macOf(key, input).subarray(0, key.macOctets);
    this.#isFirst = false;
    const signed = appendTsig(message, key.name, { ...tsig, mac: this.#mac });
    signed.set(this.#id);
    return signed;
  }
}

/** A request with its signature; the MAC is what the response will cover. */
export function signRequest(
  message: Uint8Array,
  key: TsigKey,
  nowSeconds: number,
): { bytes: Uint8Array; mac: Uint8Array } {
  const tsig = unsignedTsig(key, message, nowSeconds);
  const mac = macOf(key, requestMacInput(message, key.name, tsig)).subarray(0, key.macOctets);
  return { bytes: appendTsig(message, key.name, { ...tsig, mac }), mac };
}

export function signatureOctets(key: TsigKey): number {
  return tsigOctets(key.name, { algorithm: key.algorithm, mac: new Uint8Array(key.macOctets), other: NOTHING });
}

const NOTHING = new Uint8Array(0);

function unsignedTsig(key: TsigKey, message: Uint8Array, timeSigned: number): Tsig {
  const originalId = ((message[0] as number) << 8) | (message[1] as number);
  const { algorithm } = key;
  return { algorithm, timeSigned, fudgeSeconds: FUDGE_SECONDS, mac: NOTHING, originalId, error: 0, other: NOTHING };
}

/** A response that is not what the holder of the key sent, or that says why our request was not believed. */
export class SignatureError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'SignatureError';
  }
}

/** RFC 8945 §5.3.1: servers sign at least every hundredth message. */
const UNSIGNED_MESSAGES_MAX = 99;

/**
 * Verifies the messages of one response. What `accept` returns of a message without a signature is not proven until a later message
 * is, and the last one must be: `end` says so.
 */
export class ResponseVerifier {
  readonly #key: TsigKey;
  #mac: Uint8Array;
  #isFirst = true;
  #unsigned = 0;
  /** The MAC of the messages since the last signature. */
  #running: Hmac | undefined;

  constructor(key: TsigKey, requestMac: Uint8Array) {
    this.#key = key;
    this.#mac = requestMac;
  }

  /** The message without its signature. Throws `SignatureError` and `WireFormatError`. */
  accept(bytes: Uint8Array, nowSeconds: number): Uint8Array {
    const signed = splitSigned(bytes);
    if (signed === undefined) return this.#acceptUnsigned(bytes);
    const { unsigned, tsig } = signed;
    if (!namesEqual(signed.key, this.#key.name) || !namesEqual(tsig.algorithm, this.#key.algorithm)) {
      throw new SignatureError('the response is signed with another key');
    }
    if (tsig.error === TSIG_ERROR.BADKEY) throw new SignatureError('the other side does not know the key (BADKEY)');
    if (tsig.error === TSIG_ERROR.BADSIG) {
      throw new SignatureError('the other side has another secret for the key (BADSIG)');
    }
    this.#verify(unsigned, tsig);
    if (tsig.error === TSIG_ERROR.BADTIME || Math.abs(nowSeconds - tsig.timeSigned) > tsig.fudgeSeconds) {
      throw new SignatureError('the clocks are too far apart (BADTIME)');
    }
    if (tsig.error === TSIG_ERROR.BADTRUNC) throw new SignatureError('the other side wants longer MACs (BADTRUNC)');
    if (tsig.error !== TSIG_ERROR.NOERROR) throw new SignatureError(`the other side reports TSIG error ${tsig.error}`);
    return unsigned;
  }

  /** To be called after the last message. Throws `SignatureError`. */
  end(): void {
    if (this.#isFirst || this.#unsigned > 0) throw new SignatureError('the last message is not signed');
  }

  #acceptUnsigned(bytes: Uint8Array): Uint8Array {
    if (this.#isFirst) throw new SignatureError('the response is not signed');
    this.#unsigned += 1;
    if (this.#unsigned > UNSIGNED_MESSAGES_MAX) throw new SignatureError('too many messages without a signature');
    this.#continued().update(bytes);
    return bytes;
  }

  #verify(message: Uint8Array, tsig: Tsig): void {
    const key = this.#key;
    const octets = tsig.mac.length;
    if (octets > key.fullMacOctets || octets < Math.max(key.macOctets, leastMacOctets(key.fullMacOctets))) {
      throw new SignatureError('the MAC is too short or too long');
    }
    const mac = this.#isFirst
      ? macOf(key, responseMacInput(this.#mac, message, key.name, tsig))
      : feed(this.#continued(), [message, ...timersMacInput(tsig)]).digest();
    if (!timingSafeEqual(mac.subarray(0, octets), tsig.mac)) {
      throw new SignatureError('the signature does not match: another secret, or a message that was changed');
    }
    this.#mac = tsig.mac;
    this.#isFirst = false;
    this.#unsigned = 0;
    this.#running = undefined;
  }

  #continued(): Hmac {
    return (this.#running ??= feed(startMac(this.#key), priorMacInput(this.#mac)));
  }
}

function feed(hmac: Hmac, input: MacInput): Hmac {
  for (const part of input) hmac.update(part);
  return hmac;
}
