import { lowerName, type Name } from './name.ts';
import { tsig as rdata, type Tsig } from './rdata/tsig.ts';
import { CLASS, TYPE } from './record-type.ts';
import { WireFormatError, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/**
 * Signed messages (RFC 8945): a TSIG record taken off a message and put on one, and the octets that its MAC is made of. Computing
 * the MAC is for those who hold the key; this room has no cryptography.
 */
export interface SignedMessage {
  /** The message as it was signed: without its TSIG record and with its original id. */
  readonly unsigned: Uint8Array;
  /** The name of the key. */
  readonly key: Name;
  readonly tsig: Tsig;
}

/** What a MAC is made of, to be fed to it one after the other. */
export type MacInput = readonly Uint8Array[];

/**
 * Takes the TSIG record off; undefined when there is none. It must be the last record (RFC 8945 §5.1): a message with one
 * anywhere else, and anything malformed, throws `WireFormatError`.
 */
export function splitSigned(bytes: Uint8Array): SignedMessage | undefined {
  const wire = new WireReader(bytes, COUNTS_AT);
  const [questions, answers, authorities, additionals] = [wire.u16(), wire.u16(), wire.u16(), wire.u16()] as const;
  for (let left = questions; left > 0; left -= 1) {
    wire.skipName();
    wire.skip(4);
  }
  for (let left = answers + authorities + additionals; left > 0; left -= 1) {
    const start = wire.position;
    wire.skipName();
    if (wire.u16() !== TYPE.TSIG) {
      wire.skip(6);
      wire.skip(wire.u16());
      continue;
    }
    if (left > 1 || additionals === 0) throw new WireFormatError('a TSIG record that is not the last one');
    return readTsig(bytes, start, additionals);
  }
  return undefined;
}

const COUNTS_AT = 4;
const ADDITIONALS_AT = 10;

function readTsig(bytes: Uint8Array, start: number, additionals: number): SignedMessage {
  const wire = new WireReader(bytes, start);
  const key = wire.name();
  wire.skip(2);
  if (wire.u16() !== CLASS.ANY || wire.u32() !== 0)
    throw new WireFormatError('a TSIG record of a class or TTL it cannot have');
  const end = wire.u16() + wire.position;
  const tsig = rdata.read(wire, end);
  if (wire.position !== end || end !== bytes.length) throw new WireFormatError('octets behind the TSIG record');
  const unsigned = bytes.slice(0, start);
  put16(unsigned, 0, tsig.originalId);
  put16(unsigned, ADDITIONALS_AT, additionals - 1);
  return { unsigned, key, tsig };
}

/** The message with its TSIG record behind it. */
export function appendTsig(message: Uint8Array, key: Name, tsig: Tsig): Uint8Array {
  const out = new WireWriter(new Uint8Array(message.length + tsigOctets(key, tsig)), message.length);
  out.bytes.set(message);
  out.name(key, false);
  out.u16(TYPE.TSIG);
  out.u16(CLASS.ANY);
  out.u32(0);
  out.u16(out.bytes.length - out.position - 2);
  rdata.write(tsig, out);
  put16(out.bytes, ADDITIONALS_AT, get16(out.bytes, ADDITIONALS_AT) + 1);
  return out.bytes;
}

/** Octets that the record adds to a message. Neither name in it is compressed (RFC 8945 §4.2). */
export function tsigOctets(key: Name, tsig: Pick<Tsig, 'algorithm' | 'mac' | 'other'>): number {
  const fixedOctets = 2 + 2 + 4 + 2 + 6 + 2 + 2 + 2 + 2 + 2;
  return key.length + tsig.algorithm.length + tsig.mac.length + tsig.other.length + fixedOctets;
}

/** RFC 8945 §4.3.3: a request. */
export function requestMacInput(message: Uint8Array, key: Name, tsig: Tsig): MacInput {
  return [message, variables(key, tsig)];
}

/** RFC 8945 §5.3: a response, or the first message of one; it covers the MAC of its request. */
export function responseMacInput(requestMac: Uint8Array, message: Uint8Array, key: Name, tsig: Tsig): MacInput {
  return [...priorMacInput(requestMac), message, variables(key, tsig)];
}

/**
 * RFC 8945 §5.3.1: the MAC of a later message of a response begins with the one before, goes on with the messages since then, and
 * ends with the timers of its own signature.
 */
export function priorMacInput(mac: Uint8Array): MacInput {
  return [Uint8Array.of(mac.length >>> 8, mac.length), mac];
}

export function timersMacInput(tsig: Tsig): MacInput {
  return [timers(tsig)];
}

/** RFC 8945 §4.3.3: names in canonical form. */
function variables(key: Name, tsig: Tsig): Uint8Array {
  const out = new WireWriter(new Uint8Array(key.length + tsig.algorithm.length + tsig.other.length + 18));
  out.name(lowerName(key), false);
  out.u16(CLASS.ANY);
  out.u32(0);
  out.name(lowerName(tsig.algorithm), false);
  out.octets(timers(tsig));
  out.u16(tsig.error);
  out.u16(tsig.other.length);
  out.octets(tsig.other);
  return out.bytes;
}

function timers(tsig: Tsig): Uint8Array {
  const out = new WireWriter(new Uint8Array(8));
  out.u16(Math.floor(tsig.timeSigned / 2 ** 32));
  out.u32(tsig.timeSigned >>> 0);
  out.u16(tsig.fudgeSeconds);
  return out.bytes;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
