import { createHmac, createSecretKey, type Hmac, type KeyObject } from 'node:crypto';
import { keyOfName } from '../../core/dns/name-key.ts';
import { lowerName, parseName, type Name } from '../../core/dns/name.ts';
import type { MacInput } from '../../core/dns/signed-message.ts';

/** A secret that two servers share (RFC 8945). Its name and algorithm are part of what is signed. */
export interface TsigKey {
  readonly name: Name;
  readonly algorithm: Name;
  /** Node's name of the hash. */
  readonly hash: string;
  /** Of a MAC that is not truncated. */
  readonly fullMacOctets: number;
  /** Of the MACs that we send, and the least that we accept. */
  readonly macOctets: number;
  readonly secret: KeyObject;
}

/** RFC 8945 §6, without hmac-md5 and gss-tsig. */
const MAC_OCTETS: ReadonlyMap<string, number> = new Map([
  ['hmac-sha1', 20],
  ['hmac-sha224', 28],
  ['hmac-sha256', 32],
  ['hmac-sha384', 48],
  ['hmac-sha512', 64],
]);

export const TSIG_ALGORITHMS: readonly string[] = [...MAC_OCTETS.keys()];

/**
 * `hmac-sha256`, or as BIND writes it when MACs are cut short, `hmac-sha256-128`: bits, whole octets, at least eighty and at least
 * half (RFC 8945 §5.2.2.1). Undefined for anything else.
 */
export function tsigAlgorithm(
  text: string,
): Pick<TsigKey, 'algorithm' | 'hash' | 'fullMacOctets' | 'macOctets'> | undefined {
  const match = /^(hmac-sha[0-9]+)(?:-([0-9]{2,3}))?$/.exec(text.toLowerCase().replace(/\.$/, ''));
  const name = match?.[1] ?? '';
  const fullMacOctets = MAC_OCTETS.get(name);
  if (fullMacOctets === undefined) return undefined;
  const macOctets = match?.[2] === undefined ? fullMacOctets : Number(match[2]) / 8;
  if (!Number.isInteger(macOctets) || macOctets > fullMacOctets || macOctets < leastMacOctets(fullMacOctets))
    return undefined;
  return { algorithm: parseName(name), hash: name.slice('hmac-'.length), fullMacOctets, macOctets };
}

/** RFC 8945 §5.2.2.1: a MAC shorter than this is malformed, whatever the policy. */
export function leastMacOctets(fullMacOctets: number): number {
  return Math.max(10, Math.ceil(fullMacOctets / 2));
}

/** Throws `PresentationError` for the name. */
export function tsigKey(
  name: string,
  algorithm: NonNullable<ReturnType<typeof tsigAlgorithm>>,
  secret: Uint8Array,
): TsigKey {
  return { name: lowerName(parseName(name)), ...algorithm, secret: createSecretKey(secret) };
}

export function startMac(key: TsigKey): Hmac {
  return createHmac(key.hash, key.secret);
}

/** The whole MAC; what is sent of it is `macOctets` long. */
export function macOf(key: TsigKey, input: MacInput): Uint8Array {
  const hmac = startMac(key);
  for (const part of input) hmac.update(part);
  return hmac.digest();
}

/** The keys of a member, by name. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, TsigKey>;

  constructor(keys: Iterable<TsigKey>) {
    this.#keys = new Map([...keys].map((key) => [keyOfName(key.name), key]));
  }

  find(name: Name): TsigKey | undefined {
    return this.#keys.get(keyOfName(name));
  }
}
