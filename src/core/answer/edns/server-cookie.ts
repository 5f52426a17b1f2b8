import { sipHash } from './sip-hash.ts';

export const COOKIE_CLIENT_OCTETS = 8;
/** A client cookie with one of our server cookies behind it. */
export const COOKIE_OCTETS = 24;
export const COOKIE_SECRET_OCTETS = 16;
const HASH_AT = 16;
const HASH_OCTETS = 8;
const VERSION = 1;
/** RFC 9018 §4.3: an hour, five minutes for clocks that differ, and a new one after half an hour. */
const AGE_SECONDS_MAX = 3600;
const AHEAD_SECONDS_MAX = 300;
const RENEWED_AFTER_SECONDS = 1800;

/**
 * DNS cookies (RFC 7873) of the interoperable kind (RFC 9018): any server with the secret makes and knows them, so the members
 * behind one address need nothing but the same setting.
 *
 *   server cookie: version 1, three reserved octets, u32 seconds, SipHash-2-4 of the client cookie, those eight octets and the client's address
 *
 * The first secret makes cookies; the others are only still (or already) accepted, which is how a secret is rolled over
 * (RFC 9018 §5).
 */
export class ServerCookies {
  readonly #keys: readonly Int32Array[];
  /** What is hashed: a client cookie, the first half of a server cookie, an address. */
  readonly #hashed = new Uint8Array(HASH_AT + 16);
  readonly #hash = new Uint8Array(HASH_OCTETS);
  /** The cookie for the answer to the query that was checked last: a thread answers one at a time. */
  readonly reply = new Uint8Array(COOKIE_OCTETS);

  /** Each secret is sixteen octets. */
  constructor(secrets: readonly Uint8Array[]) {
    this.#keys = secrets.map((secret) => {
      const view = new DataView(secret.buffer, secret.byteOffset, COOKIE_SECRET_OCTETS);
      return Int32Array.from({ length: 4 }, (_, word) => view.getInt32(word * 4, true));
    });
  }

  /**
   * True when the query's cookie, the first `octets` of `cookie`, proves that the client is at its address. `reply` is then what goes
   * back: the same, unless it is getting old or was made with another secret than the first.
   */
  check(client: Uint8Array, nowSeconds: number, cookie: Uint8Array, octets: number): boolean {
    const { reply } = this;
    copy(cookie, 0, reply, COOKIE_OCTETS);
    const key = octets === COOKIE_OCTETS ? this.#keyOf(client, nowSeconds, cookie) : -1;
    if (key === 0 && ageSeconds(cookie, nowSeconds) <= RENEWED_AFTER_SECONDS) return true;
    reply[8] = VERSION;
    reply[9] = reply[10] = reply[11] = 0;
    reply[12] = nowSeconds >>> 24;
    reply[13] = nowSeconds >>> 16;
    reply[14] = nowSeconds >>> 8;
    reply[15] = nowSeconds;
    this.#hashWith(0, client, reply);
    copy(this.#hash, 0, reply, HASH_OCTETS, HASH_AT);
    return key >= 0;
  }

  /** Which of the secrets the cookie was made with; -1 when with none, or when its time is over. */
  #keyOf(client: Uint8Array, nowSeconds: number, cookie: Uint8Array): number {
    const age = ageSeconds(cookie, nowSeconds);
    if (cookie[COOKIE_CLIENT_OCTETS] !== VERSION || age > AGE_SECONDS_MAX || age < -AHEAD_SECONDS_MAX) return -1;
    for (let key = 0; key < this.#keys.length; key += 1) {
      this.#hashWith(key, client, cookie);
      let difference = 0;
      for (let at = 0; at < HASH_OCTETS; at += 1)
        difference |= (cookie[HASH_AT + at] as number) ^ (this.#hash[at] as number);
      if (difference === 0) return key;
    }
    return -1;
  }

  #hashWith(key: number, client: Uint8Array, cookie: Uint8Array): void {
    copy(cookie, 0, this.#hashed, HASH_AT);
    copy(client, 0, this.#hashed, client.length, HASH_AT);
    sipHash(this.#hashed, HASH_AT + client.length, this.#keys[key] as Int32Array, this.#hash, 0);
  }
}

/** In serial arithmetic (RFC 1982), so that it also holds when 32 bits of seconds are used up. */
function ageSeconds(cookie: Uint8Array, nowSeconds: number): number {
  const made =
    ((cookie[12] as number) << 24) |
    ((cookie[13] as number) << 16) |
    ((cookie[14] as number) << 8) |
    (cookie[15] as number);
  return (nowSeconds - made) | 0;
}

function copy(from: Uint8Array, start: number, to: Uint8Array, octets: number, at = 0): void {
  for (let index = 0; index < octets; index += 1) to[at + index] = from[start + index] as number;
}
