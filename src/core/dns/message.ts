import { readEdns, writeEdns, type Edns } from './edns.ts';
import { ROOT, type Name } from './name.ts';
import { rdataType, readRdata } from './rdata-types.ts';
import { TYPE } from './record-type.ts';
import { WireFormatError, WireReader } from './wire-reader.ts';
import { WireOverflow, WireWriter } from './wire-writer.ts';

/**
 * A DNS message as a value (RFC 1035 §4.1): for tools, tests and transfers. The query path does not use it: it answers in place
 * (core/answer).
 */
export interface Message {
  readonly id: number;
  readonly opcode: number;
  /** All twelve bits when the message has EDNS. */
  readonly rcode: number;
  readonly flags: MessageFlags;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Without the OPT record, which is `edns`. */
  readonly additionals: readonly ResourceRecord[];
  readonly edns?: Edns;
}

export interface MessageFlags {
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
}

/** As a query has them that asks for nothing special. */
export const NO_FLAGS: MessageFlags = {
  response: false,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
};

export interface Question {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  /** As the type's rdata file has it. */
  readonly value: unknown;
}

const BITS = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const satisfies Record<keyof MessageFlags, number>;

/** Throws `WireFormatError`, also for octets behind the message. */
export function parseMessage(bytes: Uint8Array): Message {
  const wire = new WireReader(bytes);
  const id = wire.u16();
  const bits = wire.u16();
  const counts = [wire.u16(), wire.u16(), wire.u16(), wire.u16()] as const;
  const questions = times(counts[0], () => ({ name: wire.name(), type: wire.u16(), class: wire.u16() }));
  let edns: Edns | undefined;
  const section = (count: number, mayHaveOpt: boolean): ResourceRecord[] => {
    const records: ResourceRecord[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = wire.name();
      const type = wire.u16();
      if (type !== TYPE.OPT) records.push(readRecord(wire, name, type));
      // RFC 6891 §6.1.1: one, additional, owned by the root; all else is FORMERR.
      else if (edns !== undefined || !mayHaveOpt || name.length > 1)
        throw new WireFormatError('a misplaced OPT record');
      else edns = readEdns(wire);
    }
    return records;
  };
  const [answers, authorities, additionals] = [
    section(counts[1], false),
    section(counts[2], false),
    section(counts[3], true),
  ];
  if (wire.position !== bytes.length) throw new WireFormatError('octets behind the message');
  const extended: number = (edns as Edns | undefined)?.extendedRcode ?? 0;
  const flags = Object.fromEntries(Object.entries(BITS).map(([flag, bit]) => [flag, (bits & bit) !== 0]));
  return {
    id,
    opcode: (bits >> 11) & 15,
    rcode: (bits & 15) | (extended << 4),
    flags: flags as unknown as MessageFlags,
    questions,
    answers,
    authorities,
    additionals,
    ...(edns === undefined ? {} : { edns }),
  };
}

function readRecord(wire: WireReader, name: Name, type: number): ResourceRecord {
  const recordClass = wire.u16();
  const ttlSeconds = wire.u32();
  return { name, type, class: recordClass, ttlSeconds, value: readRdata(type, wire, wire.u16()) };
}

function times<T>(count: number, make: () => T): T[] {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(make());
  return made;
}

/**
 * The message's wire form in at most `bytesMax` octets. What does not fit is cut as RFC 2181 §9 has it: additional records go first
 * and silently; if that is not enough, TC is set and no records are left. Throws `WireOverflow` when not even the question fits.
 */
export function writeMessage(message: Message, bytesMax: number): Uint8Array {
  const shorter = [
    message,
    { ...message, additionals: [] },
    { ...message, answers: [], authorities: [], additionals: [], flags: { ...message.flags, truncated: true } },
  ];
  for (const each of shorter) {
    try {
      return write(each, bytesMax);
    } catch (error) {
      if (!(error instanceof WireOverflow)) throw error;
    }
  }
  throw new WireOverflow();
}

function write(message: Message, bytesMax: number): Uint8Array {
  const out = new WireWriter(new Uint8Array(bytesMax));
  out.u16(message.id);
  let bits = (message.opcode << 11) | (message.rcode & 15);
  for (const [flag, bit] of Object.entries(BITS)) if (message.flags[flag as keyof MessageFlags]) bits |= bit;
  out.u16(bits);
  out.u16(message.questions.length);
  out.u16(message.answers.length);
  out.u16(message.authorities.length);
  out.u16(message.additionals.length + (message.edns === undefined ? 0 : 1));
  for (const question of message.questions) {
    out.name(question.name, true);
    out.u16(question.type);
    out.u16(question.class);
  }
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) writeRecord(record, out);
  if (message.edns !== undefined) {
    out.name(ROOT, false);
    out.u16(TYPE.OPT);
    writeEdns({ ...message.edns, extendedRcode: message.rcode >> 4 }, out);
  }
  return out.bytes.slice(0, out.position);
}

function writeRecord(record: ResourceRecord, out: WireWriter): void {
  out.name(record.name, true);
  out.u16(record.type);
  out.u16(record.class);
  out.u32(record.ttlSeconds);
  const lengthAt = out.position;
  out.u16(0);
  rdataType(record.type).write(record.value, out);
  out.patch16(lengthAt, out.position - lengthAt - 2);
}
