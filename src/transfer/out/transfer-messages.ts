import { keyToName } from '../../core/dns/name-key.ts';
import { parseStored, rdataType } from '../../core/dns/rdata-types.ts';
import { CLASS } from '../../core/dns/record-type.ts';
import { WireOverflow, WireWriter } from '../../core/dns/wire-writer.ts';
import type { Rrset } from '../../core/zone/lookup.ts';

/**
 * Octets of a message after which another one begins. Compression pointers reach no further (RFC 1035 §4.1.4), and each message is
 * a slice of work after which others have their turn: a millisecond or two.
 */
const MESSAGE_OCTETS = 16_384;
const MESSAGE_OCTETS_MAX = 65_535;
/** An OPT record (RFC 6891) that says nothing but that there is EDNS here; its UDP size has no meaning on a stream. */
const OPT = Uint8Array.of(0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0);
/** QR and AA. */
const FLAGS = 0x8400;

/**
 * The messages of a transfer (RFC 5936 §2.2), one at a time as they are asked for; each has `reserved` octets left for a signature. The
 * question is in the first, and OPT if the request had one. Throws `WireOverflow` for a record that no message holds.
 */
export function* transferMessages(
  request: { readonly id: number; readonly question: Uint8Array; readonly hasEdns: boolean },
  rrsets: Iterable<Rrset>,
  reserved: number,
): Generator<Uint8Array, void, void> {
  const message = new MessageInProgress(request.id, request.question, request.hasEdns, reserved);
  for (const rrset of rrsets) {
    const owner = keyToName(rrset.owner);
    const type = rdataType(rrset.type);
    for (const value of rrset.values) {
      const data = parseStored(rrset.type, value);
      const write = (out: WireWriter): void => {
        out.name(owner, true);
        out.u16(rrset.type);
        out.u16(CLASS.IN);
        out.u32(rrset.ttlSeconds);
        const lengthAt = out.position;
        out.u16(0);
        type.write(data, out);
        out.patch16(lengthAt, out.position - lengthAt - 2);
      };
      if (message.add(write)) continue;
      yield message.take();
      message.add(write);
    }
  }
  yield message.take();
}

class MessageInProgress {
  readonly #id: number;
  readonly #buffer: Uint8Array;
  #out: WireWriter;
  #records = 0;
  #hasOpt: boolean;

  constructor(id: number, question: Uint8Array, hasEdns: boolean, reserved: number) {
    this.#id = id;
    this.#hasOpt = hasEdns;
    this.#buffer = new Uint8Array(MESSAGE_OCTETS_MAX - reserved);
    this.#out = this.#begin(1);
    this.#out.octets(question);
    this.#out.remember(12);
  }

  /** False when the message is full: nothing was written. A record that is larger than a message of usual size gets one for itself. */
  add(write: (out: WireWriter) => void): boolean {
    const before = this.#out.position;
    if (before >= MESSAGE_OCTETS) return false;
    if (this.#fits(write) || this.#records === 0) {
      this.#records += 1;
      return true;
    }
    this.#out.rewind(before);
    return false;
  }

  #fits(write: (out: WireWriter) => void): boolean {
    try {
      write(this.#out);
      return this.#out.position <= MESSAGE_OCTETS;
    } catch (error) {
      if (!(error instanceof WireOverflow) || this.#records === 0) throw error;
      return false;
    }
  }

  take(): Uint8Array {
    this.#out.patch16(6, this.#records);
    let end = this.#out.position;
    // RFC 5936 §2.2.5: in the first message; in the others it would say nothing new.
    if (this.#hasOpt) {
      this.#out.patch16(10, 1);
      this.#buffer.set(OPT, end);
      end += OPT.length;
      this.#hasOpt = false;
    }
    const message = this.#buffer.slice(0, end);
    this.#out = this.#begin(0);
    this.#records = 0;
    return message;
  }

  #begin(questions: number): WireWriter {
    const out = new WireWriter(this.#buffer.subarray(0, this.#buffer.length - OPT.length));
    for (const field of [this.#id, FLAGS, questions, 0, 0, 0]) out.u16(field);
    return out;
  }
}
