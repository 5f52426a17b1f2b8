import { HEADER_OCTETS } from '../../core/dns/message-layout.ts';
import { OPCODE, TYPE } from '../../core/dns/record-type.ts';

/**
 * Answers a message that came by a stream with any number of messages, in its own time: transfers, and what is signed. It is offered
 * only what `isAnsweredInMany` lets through, and says undefined at once for what is none of its business.
 *
 * `send` takes one message after the other: await it before the next. It resolves when the client has room for more and the other
 * connections have had their turn, and rejects when the connection is gone. What the client sends meanwhile on this connection waits.
 * The message is the handler's own, and a message given to `send` is copied. If the promise rejects, the connection is closed.
 */
export type AnswerInMany = (
  message: Uint8Array,
  from: StreamOrigin,
  send: (answer: Uint8Array) => Promise<void>,
) => Promise<void> | undefined;

/** Who asks, and how. */
export interface StreamOrigin {
  /** Four octets or sixteen. */
  readonly client: Uint8Array;
  /** Which of the member's listening addresses it came to: its place in their list. */
  readonly listener: number;
  readonly transport: 'tcp' | 'tls';
}

/**
 * Whether a message may be one for those who answer in many messages, or sign them: a transfer, anything with a TSIG (RFC 8945), or
 * another operation than a query. Asked of every message, so it looks no further than it must; whoever is offered the message may
 * still decline it, and it is answered like any other.
 */
export function isAnsweredInMany(bytes: Uint8Array, from: number, length: number): boolean {
  if (length < HEADER_OCTETS) return false;
  const flags = bytes[from + 2] as number;
  if ((flags & QR) !== 0) return false;
  if ((flags & OPCODE_BITS) >> 3 !== OPCODE.QUERY) return true;
  if (get16(bytes, from + 4) !== 1) return false;
  const end = from + length;
  let at = skipName(bytes, from + HEADER_OCTETS, end);
  if (at + 4 > end) return false;
  const qtype = get16(bytes, at);
  if (qtype === TYPE.AXFR || qtype === TYPE.IXFR) return true;
  at += 4;
  for (let left = get16(bytes, from + 6) + get16(bytes, from + 8) + get16(bytes, from + 10); left > 0; left -= 1) {
    at = skipName(bytes, at, end);
    if (at + 10 > end) return false;
    const type = get16(bytes, at);
    // A TSIG is the last record (RFC 8945 §5.1); elsewhere it is an error that is not ours to tell.
    if (type === TYPE.TSIG) return left === 1;
    at += 10 + get16(bytes, at + 8);
  }
  return false;
}

const QR = 0x80;
const OPCODE_BITS = 0x78;
const POINTER = 0xc0;

/** Where the name ends; at or beyond `end` when it does not. */
function skipName(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const octets = bytes[at] as number;
    if (octets === 0) return at + 1;
    if (octets >= POINTER) return at + 2;
    at += 1 + octets;
  }
  return at;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
