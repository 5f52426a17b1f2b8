import { Connection } from '../conformance/connection.ts';
import { FLAG, writeQuery } from '../conformance/query.ts';
import { readReply, SILENCE, type Reply } from '../conformance/reply.ts';
import { EXTENDED_ERRORS_OF_DNSSEC, extendedErrors } from './extended-errors.ts';

/**
 * What a validating resolver thinks of an answer (RFC 4035 §4.3), as it shows: SECURE has AD, BOGUS is a SERVFAIL that CD heals or that
 * is explained by DNSSEC, and what is FAILED nobody could get.
 */
export type Verdict = 'SECURE' | 'INSECURE' | 'BOGUS' | 'FAILED' | 'SILENCE';

export interface Question {
  readonly name: string;
  readonly type: number;
}

export interface Judged {
  readonly verdict: Verdict;
  /** Undefined after silence. */
  readonly reply: Reply | undefined;
  /** What the resolver says of its reasons. */
  readonly why: string;
}

/** For names of many labels resolvers ask for each of them, one after the other. */
const ANSWER_MILLISECONDS_MAX = 30_000;

/** Asks a validating resolver. */
export class Validator {
  readonly name: string;
  readonly #connection: Connection;

  private constructor(name: string, connection: Connection) {
    this.name = name;
    this.#connection = connection;
  }

  static async open(name: string, address: string): Promise<Validator> {
    return new Validator(name, await Connection.open(53, address));
  }

  async ask(question: Question, milliseconds = ANSWER_MILLISECONDS_MAX): Promise<Judged> {
    const octets = await this.#exchange(question, FLAG.RD | FLAG.AD, milliseconds);
    if (octets === SILENCE) return { verdict: 'SILENCE', reply: undefined, why: '' };
    const reply = readReply(octets);
    const errors = extendedErrors(octets);
    const why = errors.map(({ code, text }) => `EDE ${code} ${text}`).join(', ');
    if (isAnswer(reply)) return { verdict: (reply.flags & FLAG.AD) === 0 ? 'INSECURE' : 'SECURE', reply, why };
    if (errors.some(({ code }) => EXTENDED_ERRORS_OF_DNSSEC.has(code))) return { verdict: 'BOGUS', reply, why };
    const unchecked = await this.#exchange(question, FLAG.RD | FLAG.CD, milliseconds);
    return { verdict: unchecked !== SILENCE && isAnswer(readReply(unchecked)) ? 'BOGUS' : 'FAILED', reply, why };
  }

  async #exchange({ name, type }: Question, flags: number, milliseconds: number): Promise<Uint8Array | typeof SILENCE> {
    const edns = { udpSize: 4096, version: 0, flags: 0, options: [] };
    const ask = (transport: 'udp' | 'tcp'): Promise<Uint8Array | typeof SILENCE> =>
      this.#connection.exchange(writeQuery({ name, type, flags, edns, transport }), transport, milliseconds);
    const octets = await ask('udp');
    return octets !== SILENCE && readReply(octets).tc ? ask('tcp') : octets;
  }

  close(): void {
    this.#connection.close();
  }
}

function isAnswer({ rcode }: Reply): boolean {
  return rcode === 'NOERROR' || rcode === 'NXDOMAIN';
}
