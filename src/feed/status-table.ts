/**
 * Statuses in memory that all threads share, an octet for each health check at its index: written by the feed, read by every edge
 * worker at query time, without a message. Beside them is what was found before Inverted and Disabled, so that a feed that starts
 * anew goes on from there.
 */
export const UNKNOWN = 0;
export const UNHEALTHY = 1;
export const HEALTHY = 2;

/** Only octets that were written take memory; the others are the system's zero page. */
export function createStatusTable(checksMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer(checksMax);
}

export class StatusTable {
  readonly #octets: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#octets = new Uint8Array(buffer);
  }

  /** Undefined while nothing is known, which counts as healthy. */
  get(index: number): boolean | undefined {
    const octet = this.#octets[index];
    return octet === UNKNOWN ? undefined : octet !== UNHEALTHY;
  }

  /** Whether that is news. */
  set(index: number, healthy: boolean): boolean {
    const octet = healthy ? HEALTHY : UNHEALTHY;
    if (this.#octets[index] === octet) return false;
    Atomics.store(this.#octets, index, octet);
    return true;
  }

  clear(index: number): void {
    Atomics.store(this.#octets, index, UNKNOWN);
  }

  /** Where the octets say unhealthy. */
  unhealthy(): number[] {
    const found: number[] = [];
    for (let at = this.#octets.indexOf(UNHEALTHY); at >= 0; at = this.#octets.indexOf(UNHEALTHY, at + 1))
      found.push(at);
    return found;
  }
}
