import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transform } from 'node:stream';

/** Looks for a string in the first 5,120 octets of a response's body, after its content coding is taken off. */
export const SEARCHED_OCTETS = 5120;

type Verdict = 'found' | 'absent';

export class BodySearch {
  readonly #needle: Buffer;
  readonly #tell: (verdict: Verdict) => void;
  #seen = Buffer.alloc(0);
  #decoder: Transform | undefined;
  #encoding: string;
  #told = false;

  /** `encoding` is the Content-Encoding, lower-case. `tell` is called once, unless the search is stopped before. */
  constructor(needle: string, encoding: string, tell: (verdict: Verdict) => void) {
    this.#needle = Buffer.from(needle, 'utf8');
    this.#encoding = encoding;
    this.#tell = tell;
  }

  push(octets: Uint8Array): void {
    if (this.#told || octets.length === 0) return;
    this.#decoder ??= this.#openDecoder(octets[0] as number);
    if (this.#decoder === undefined) this.#look(octets);
    else this.#decoder.write(octets);
  }

  /** The body is whole. */
  end(): void {
    if (this.#told) return;
    if (this.#decoder === undefined) this.#finish('absent');
    else this.#decoder.end();
  }

  stop(): void {
    this.#told = true;
    this.#decoder?.destroy();
  }

  #openDecoder(firstOctet: number): Transform | undefined {
    const decoder = decoderOf(this.#encoding, firstOctet);
    decoder?.on('data', (octets: Uint8Array) => this.#look(octets));
    decoder?.on('end', () => this.#finish('absent'));
    // What came out before the break has been looked at.
    decoder?.on('error', () => this.#finish('absent'));
    return decoder;
  }

  #look(octets: Uint8Array): void {
    if (this.#told) return;
    const room = SEARCHED_OCTETS - this.#seen.length;
    this.#seen = Buffer.concat([this.#seen, octets.subarray(0, room)]);
    if (this.#seen.includes(this.#needle)) this.#finish('found');
    else if (this.#seen.length === SEARCHED_OCTETS) this.#finish('absent');
  }

  #finish(verdict: Verdict): void {
    if (this.#told) return;
    this.stop();
    this.#tell(verdict);
  }
}

/** A coding that we cannot take off is searched as it is. */
function decoderOf(encoding: string, firstOctet: number): Transform | undefined {
  // Small steps: a bomb must not unfold beyond what is searched.
  const options = { chunkSize: SEARCHED_OCTETS };
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(options);
  if (encoding !== 'deflate') return undefined;
  // "Deflate" means zlib's format (RFC 9110 §8.4.1.2), whose first octet says method 8; some servers send the bare stream.
  return (firstOctet & 0x0f) === 8 ? createInflate(options) : createInflateRaw(options);
}
