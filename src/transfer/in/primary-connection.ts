import { connect, type Socket } from 'node:net';
import { framed } from '../../core/dns/framed.ts';
import { namesEqual, ROOT, type Name } from '../../core/dns/name.ts';
import { NO_FLAGS, writeMessage } from '../../core/dns/message.ts';
import { soa as soaRdata } from '../../core/dns/rdata/soa.ts';
import { CLASS, OPCODE, RCODE, rcodeName, TYPE } from '../../core/dns/record-type.ts';
import { WireReader } from '../../core/dns/wire-reader.ts';
import type { Peer } from '../settings/transfer-settings.ts';
import { ResponseVerifier, signRequest } from '../tsig/signing.ts';
import { ConnectionLost, ReadAhead } from './read-ahead.ts';
import { TransferError } from './transfer-reader.ts';

/** One connection to a primary (RFC 7766): requests go out one after the other, each with its answer of one or many messages. */
export interface PrimaryConnectionOptions {
  readonly peer: Peer;
  /** For tests; the usual ones below. */
  readonly limits?: Partial<PrimaryLimits>;
}

export interface PrimaryLimits {
  readonly connectMilliseconds: number;
  /** Between two pieces of an answer. */
  readonly silenceMilliseconds: number;
  /** Of all that is done on the connection. */
  readonly totalMilliseconds: number;
}

/** A server that is this slow is as good as none, and another primary is asked. */
const LIMITS: PrimaryLimits = {
  connectMilliseconds: 10_000,
  silenceMilliseconds: 30_000,
  // Ten million records at a slow 1.5 MB/s.
  totalMilliseconds: 3_600_000,
};

/** Of one connection, held while the store is busy; of as many connections as zones are looked at side by side (secondary-keeper.ts). */
const READ_AHEAD_OCTETS_MAX = 4 * 2 ** 20;

export interface Question {
  readonly name: Name;
  readonly type: number;
  /** Of the version held, for IXFR. */
  readonly serial?: number;
}

/** The answer was an error of the server's own. */
export class RcodeError extends Error {
  readonly rcode: number;

  constructor(rcode: number) {
    super(`it answers ${rcodeName(rcode)}`);
    this.name = 'RcodeError';
    this.rcode = rcode;
  }
}

export class PrimaryConnection {
  readonly #socket: Socket;
  readonly #chunks: ReadAhead;
  readonly #peer: Peer;
  readonly #limits: PrimaryLimits;
  readonly #late: NodeJS.Timeout;
  #rest: Uint8Array = new Uint8Array(0);
  #id: number;

  private constructor(socket: Socket, peer: Peer, limits: PrimaryLimits, firstId: number) {
    this.#socket = socket;
    this.#chunks = new ReadAhead(socket, READ_AHEAD_OCTETS_MAX);
    this.#peer = peer;
    this.#limits = limits;
    this.#id = firstId;
    this.#late = setTimeout(
      () => socket.destroy(new ConnectionLost(`it takes longer than ${limits.totalMilliseconds / 1000} s`)),
      limits.totalMilliseconds,
    );
    this.#late.unref();
  }

  /** `firstId` is at random; later requests count from it. Rejects with a `ConnectionLost`. */
  static async open({ peer, limits: some }: PrimaryConnectionOptions, firstId: number): Promise<PrimaryConnection> {
    const limits = { ...LIMITS, ...some };
    const { host, port, source } = peer;
    const socket = connect({ host, port, ...(source && { localAddress: source }) });
    const late = setTimeout(() => socket.destroy(new Error('it does not answer')), limits.connectMilliseconds);
    try {
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new ConnectionLost(`no connection: ${code ?? message}`);
    } finally {
      clearTimeout(late);
    }
    socket.removeAllListeners('error');
    return new PrimaryConnection(socket, peer, limits, firstId);
  }

  /**
   * Sends a request and gives the messages of its answer as they come, checked and without signature; each is positioned at its first
   * answer record, with the number of those. The caller stops when it has all, and calls `verifiedToTheEnd`. Nothing before that is
   * proven. Throws `TransferError`, `RcodeError`, `SignatureError` and `WireFormatError`.
   */
  async *ask(question: Question, nowSeconds: () => number): AsyncGenerator<Answer, void, void> {
    this.#id = (this.#id + 1) & 0xffff;
    const id = this.#id;
    const { key } = this.#peer;
    const message = requestMessage(id, question);
    const signed = key === undefined ? undefined : signRequest(message, key, nowSeconds());
    const verifier = key === undefined || signed === undefined ? undefined : new ResponseVerifier(key, signed.mac);
    this.#socket.write(framed(signed?.bytes ?? message));
    for (let isFirst = true; ; isFirst = false) {
      const received = await this.#receive();
      const bare = verifier?.accept(received, nowSeconds()) ?? received;
      const answer = readHeader(bare, id, question, isFirst);
      yield { ...answer, verifiedToTheEnd: () => verifier?.end() };
    }
  }

  close(): void {
    clearTimeout(this.#late);
    this.#socket.destroy();
  }

  /** The next message. While nobody asks for one, some are read ahead, and then the primary waits. */
  async #receive(): Promise<Uint8Array> {
    for (;;) {
      const rest = this.#rest;
      const length = rest.length < 2 ? Infinity : ((rest[0] as number) << 8) | (rest[1] as number);
      if (rest.length >= 2 + length) {
        this.#rest = rest.subarray(2 + length);
        return rest.slice(2, 2 + length);
      }
      const chunk = await this.#chunks.next(this.#limits.silenceMilliseconds);
      const joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      this.#rest = joined;
    }
  }
}

export interface Answer {
  /** At the first answer record. */
  readonly wire: WireReader;
  readonly answers: number;
  /** Throws `SignatureError` when the last message is not signed and has to be. */
  verifiedToTheEnd(): void;
}

function requestMessage(id: number, { name, type, serial }: Question): Uint8Array {
  // Of the version held only the serial is of use (RFC 1995 §3).
  const soa = { mname: ROOT, rname: ROOT, refreshSeconds: 0, retrySeconds: 0, expireSeconds: 0, minimumSeconds: 0 };
  const authorities =
    serial === undefined
      ? []
      : [{ name, type: soaRdata.code, class: CLASS.IN, ttlSeconds: 0, value: { ...soa, serial } }];
  return writeMessage(
    {
      id,
      opcode: OPCODE.QUERY,
      rcode: RCODE.NOERROR,
      flags: NO_FLAGS,
      questions: [{ name, type, class: CLASS.IN }],
      answers: [],
      authorities,
      additionals: [],
    },
    1024,
  );
}

const QR = 0x8000;
const AA = 0x0400;
const TC = 0x0200;
const OPCODE_BITS = 0x7800;

/** RFC 5936 §2.2.1 and §2.2.2: later messages need no question, but one that they have is the same. */
function readHeader(
  message: Uint8Array,
  id: number,
  question: Question,
  isFirst: boolean,
): Omit<Answer, 'verifiedToTheEnd'> {
  const wire = new WireReader(message);
  if (wire.u16() !== id) throw new TransferError('its answer has another id than the request');
  const flags = wire.u16();
  if ((flags & QR) === 0 || (flags & OPCODE_BITS) !== 0) throw new TransferError('its answer is no answer');
  if ((flags & 15) !== RCODE.NOERROR) throw new RcodeError(flags & 15);
  if ((flags & TC) !== 0) throw new TransferError('its answer is cut short, on a stream');
  // Of a transfer nobody needs to be told, and Knot does not.
  if (question.type === TYPE.SOA && (flags & AA) === 0) {
    throw new TransferError('it is not authoritative for the zone');
  }
  const questions = wire.u16();
  const answers = wire.u16();
  wire.skip(4);
  if (questions > 1 || (isFirst && questions === 0)) throw new TransferError('its answer does not repeat the question');
  if (questions === 1) {
    const [name, type, qclass] = [wire.name(), wire.u16(), wire.u16()];
    if (!namesEqual(name, question.name) || type !== question.type || qclass !== CLASS.IN) {
      throw new TransferError('its answer is to another question');
    }
  }
  if (answers === 0) throw new TransferError(isFirst ? 'it has no answer' : 'a message of its answer is empty');
  return { wire, answers };
}
