import { PlanCache } from '../plan-cache.ts';
import type { PlanKey } from '../plan-key.ts';
import { EMPTY_PLAN, type Plan } from '../plan.ts';
import { hashContent } from './content-hash.ts';

/** Of either algorithm (RFC 6605 §4, RFC 8080 §4). */
const SIGNATURE_OCTETS = 64;

/**
 * Signatures by what they are over. A change to a zone makes all its plans stale, but few of its RRsets other than they were: so a zone
 * that changes each second is compiled anew each second, and signed only where it differs.
 */
export class SignatureCache {
  readonly #entries: PlanCache;
  readonly #content = new Int32Array(2);
  readonly #entry: Plan = { ...EMPTY_PLAN };
  readonly #kept: Plan = { ...EMPTY_PLAN, bodyLength: SIGNATURE_OCTETS };

  constructor(bytesMax: number) {
    this.#entries = new PlanCache(bytesMax);
  }

  /** The signature over these octets, undefined when it is not known. Makes `key`, of name, type and period, one of them, too. */
  find(key: PlanKey, octets: Uint8Array): Uint8Array | undefined {
    hashContent(octets, 0, octets.length, this.#content);
    key.add(this.#content[0] as number);
    key.add(this.#content[1] as number);
    const entry = this.#entries.find(key, NO_VERSIONS, 0);
    if (entry === 0) return undefined;
    const at = this.#entries.read(entry, this.#entry);
    return this.#entry.body.subarray(at, at + SIGNATURE_OCTETS);
  }

  /** Keeps what `find` did not find; `key` as that left it. */
  keep(key: PlanKey, signature: Uint8Array): void {
    if (signature.length !== SIGNATURE_OCTETS) return;
    this.#kept.body = signature;
    this.#entries.add(this.#kept, key, 0, 0, 0);
  }
}

/** Signatures are of their content and never stale. */
const NO_VERSIONS = new Uint32Array(1);
