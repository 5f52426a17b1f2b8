/**
 * Reads an HTTP/1 response as far as a health check needs it: the status once the head is whole, and the body's octets without their
 * transfer coding (RFC 9112 §7.1). Lenient in what does not matter to health, such as bare line feeds: a probe asks whether the
 * endpoint works, and a client that is stricter than browsers would find fault with endpoints that serve everybody.
 *
 * Not node:http, whose client costs twice the CPU of a whole probe on a plain socket and has no phases (decision 0018).
 */
export type ReaderProblem = 'not-http' | 'headers-too-large';

/** Route 53's limit for a response's headers; the status line is counted with them. */
export const HEAD_OCTETS_MAX = 16_384;
/** `HTTP/1.1 200` */
const STATUS_LINE = /^HTTP\/[0-9](?:\.[0-9])? +([1-9][0-9]{2})(?![0-9])/;
/** Digits of a chunk's size, and what may follow it. RFC 9112 §7.1.1 has no limit for extensions. */
const CHUNK_LINE_OCTETS_MAX = 4096;

type Framing = 'until-close' | 'chunked' | number;

const LF = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);

export class ResponseReader {
  readonly #bodiless: boolean;
  #takeBody: ((octets: Uint8Array) => void) | undefined;
  /** Of the body, what came with the end of the head. */
  #held = NOTHING;
  #head = NOTHING;
  #headOctets = 0;
  #framing: Framing = 'until-close';
  #chunks: ChunkReader | undefined;
  /** Once the head is whole. */
  status: number | undefined;
  /** Lower-case, of the whole body; '' when there is none. */
  contentEncoding = '';
  problem: ReaderProblem | undefined;
  /** The body is whole, as far as its framing says; one that goes on until the connection is closed never is. */
  ended = false;

  /** A bodiless response is one to HEAD, whatever its headers say. */
  constructor(bodiless: boolean) {
    this.#bodiless = bodiless;
  }

  push(octets: Buffer): void {
    let rest = octets;
    while (this.status === undefined && this.problem === undefined) {
      this.#head = this.#head.length === 0 ? rest : Buffer.concat([this.#head, rest]);
      const end = endOfHead(this.#head);
      if (this.#headOctets + (end < 0 ? this.#head.length : end) > HEAD_OCTETS_MAX) {
        this.problem = 'headers-too-large';
        return;
      }
      if (end < 0) {
        if (!mayBeHttp(this.#head)) this.problem = 'not-http';
        return;
      }
      rest = this.#head.subarray(end);
      this.#headOctets += end;
      this.#readHead(this.#head.toString('latin1', 0, end));
      this.#head = NOTHING;
    }
    if (this.problem === undefined && !this.ended && rest.length > 0) this.#pushBody(rest);
  }

  /** From now on, and with what has come already, the body is given piece by piece. To be called when the status is known. */
  onBody(take: (octets: Uint8Array) => void): void {
    this.#takeBody = take;
    const held = this.#held;
    this.#held = NOTHING;
    if (held.length > 0) this.#pushBody(held);
  }

  #readHead(head: string): void {
    const code = Number(STATUS_LINE.exec(head)?.[1]);
    if (Number.isNaN(code)) {
      this.problem = 'not-http';
      return;
    }
    // An interim response is followed by the final one (RFC 9110 §15.2); after 101 comes another protocol.
    if (code < 200 && code !== 101) return;
    this.status = code;
    this.contentEncoding = field(head, 'content-encoding').toLowerCase();
    this.#framing = framingOf(head);
    if (this.#framing === 'chunked') this.#chunks = new ChunkReader();
    this.ended = this.#bodiless || code === 204 || code === 304 || this.#framing === 0;
  }

  #pushBody(octets: Buffer): void {
    if (this.#takeBody === undefined) {
      this.#held = Buffer.concat([this.#held, octets]);
      return;
    }
    if (this.#chunks !== undefined) {
      this.#chunks.push(octets, this.#takeBody);
      this.ended = this.#chunks.ended;
      return;
    }
    if (typeof this.#framing !== 'number') return this.#takeBody(octets);
    const piece = octets.subarray(0, this.#framing);
    this.#framing -= piece.length;
    this.ended = this.#framing === 0;
    this.#takeBody(piece);
  }
}

/** The chunked transfer coding; trailers and what is behind them do not interest us. */
class ChunkReader {
  #left = 0;
  #line = '';
  #state: 'size' | 'data' | 'after-data' = 'size';
  /** Broken chunks end the body, too: what came before them is all there is. */
  ended = false;

  push(octets: Buffer, take: (octets: Uint8Array) => void): void {
    let at = 0;
    while (at < octets.length && !this.ended) {
      if (this.#state === 'data') {
        const piece = octets.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#state = 'after-data';
        take(piece);
        continue;
      }
      const end = octets.indexOf(LF, at);
      this.#line += octets.toString('latin1', at, end < 0 ? octets.length : end);
      at = end < 0 ? octets.length : end + 1;
      if (this.#line.length > CHUNK_LINE_OCTETS_MAX) this.ended = true;
      if (end >= 0) this.#lineEnds();
    }
  }

  #lineEnds(): void {
    const line = this.#line.trim();
    this.#line = '';
    if (this.#state === 'after-data') {
      this.#state = 'size';
      this.ended = line !== '';
      return;
    }
    const size = /^([0-9a-fA-F]{1,8})(?:[ \t]*(?:;|$))/.exec(line)?.[1];
    this.#left = size === undefined ? 0 : parseInt(size, 16);
    this.ended = this.#left === 0;
    this.#state = 'data';
  }
}

/** Where the body begins; -1 while the head is not whole. */
function endOfHead(octets: Buffer): number {
  const strict = octets.indexOf('\r\n\r\n');
  const bare = octets.indexOf('\n\n');
  if (strict < 0 && bare < 0) return -1;
  return bare < 0 || (strict >= 0 && strict < bare) ? strict + 4 : bare + 2;
}

/** Whether the octets can still become a response, so that other protocols' greetings are told at once. */
function mayBeHttp(octets: Buffer): boolean {
  return 'HTTP/'.startsWith(octets.toString('latin1', 0, 5));
}

/** A header's value, '' without one; of several, the last. */
function field(head: string, name: string): string {
  const lines = head.split('\n').filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`);
  return (
    lines
      .at(-1)
      ?.slice(name.length + 1)
      .trim() ?? ''
  );
}

/** RFC 9112 §6.3: chunks before a length. */
function framingOf(head: string): Framing {
  if (/(^|,)\s*chunked$/i.test(field(head, 'transfer-encoding'))) return 'chunked';
  const length = field(head, 'content-length');
  return /^[0-9]{1,15}$/.test(length) ? Number(length) : 'until-close';
}
