import { timingSafeEqual } from 'node:crypto';
import { namesEqual, type Name } from '../../core/dns/name.ts';
import { TSIG_ERROR, type Tsig } from '../../core/dns/rdata/tsig.ts';
import { RCODE } from '../../core/dns/record-type.ts';
import { appendTsig, requestMacInput, responseMacInput, splitSigned } from '../../core/dns/signed-message.ts';
import { WireFormatError } from '../../core/dns/wire-reader.ts';
import { errorResponse } from '../error-response.ts';
import { leastMacOctets, macOf, type KeyRing, type TsigKey } from './tsig-key.ts';

/** What a server finds out about who sent a request (RFC 8945 §5.2). */
export type Verified =
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'signed';
      /** The request without its signature, under the id that was signed. */
      readonly request: Uint8Array;
      /** The two octets under which it came: a forwarder may have given it another id, and expects that in the answer. */
      readonly id: Uint8Array;
      readonly key: TsigKey;
      readonly mac: Uint8Array;
    }
  /** `response` says why, and is all that the sender gets. */
  | { readonly kind: 'rejected'; readonly error: number; readonly response: Uint8Array };

/** RFC 8945 §10: what is recommended, and what everybody sends. */
export const FUDGE_SECONDS = 300;

/** `nowSeconds` since the epoch. Never throws: what is malformed is rejected with FORMERR. */
export function verifyRequest(packet: Uint8Array, keys: KeyRing, nowSeconds: number): Verified {
  let signed: ReturnType<typeof splitSigned>;
  try {
    signed = splitSigned(packet);
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    return malformed(packet);
  }
  if (signed === undefined) return { kind: 'unsigned' };
  const { unsigned, tsig } = signed;
  const key = keys.find(signed.key);
  if (key === undefined || !namesEqual(key.algorithm, tsig.algorithm)) {
    return rejected(packet, unsigned, signed.key, tsig, TSIG_ERROR.BADKEY);
  }
  const octets = tsig.mac.length;
  if (octets > key.fullMacOctets || octets < leastMacOctets(key.fullMacOctets)) return malformed(packet);
  const mac = macOf(key, requestMacInput(unsigned, key.name, tsig)).subarray(0, octets);
  if (!timingSafeEqual(mac, tsig.mac)) return rejected(packet, unsigned, key.name, tsig, TSIG_ERROR.BADSIG);
  if (Math.abs(nowSeconds - tsig.timeSigned) > tsig.fudgeSeconds) {
    return rejectedBy(key, packet, unsigned, tsig, TSIG_ERROR.BADTIME, nowSeconds);
  }
  if (octets < key.macOctets) return rejectedBy(key, packet, unsigned, tsig, TSIG_ERROR.BADTRUNC, nowSeconds);
  return { kind: 'signed', request: unsigned, id: packet.slice(0, 2), key, mac: tsig.mac };
}

function malformed(packet: Uint8Array): Verified {
  return { kind: 'rejected', error: RCODE.FORMERR, response: errorResponse(packet, RCODE.FORMERR) };
}

/** RFC 8945 §5.3.2: an answer to a key or a MAC that is bad cannot be signed. */
function rejected(packet: Uint8Array, request: Uint8Array, key: Name, tsig: Tsig, error: number): Verified {
  const answer = { ...tsig, mac: NOTHING, originalId: idOf(packet), error, other: NOTHING };
  return { kind: 'rejected', error, response: appendTsig(refusal(packet, request), key, answer) };
}

/**
 * RFC 8945 §5.2.3: the client's time goes back to it in the signed part, so that it can verify the answer with its own clock, and
 * the server's time beside it.
 */
function rejectedBy(
  key: TsigKey,
  packet: Uint8Array,
  request: Uint8Array,
  tsig: Tsig,
  error: number,
  nowSeconds: number,
): Verified {
  const message = refusal(packet, request);
  const other = error === TSIG_ERROR.BADTIME ? time48(nowSeconds) : NOTHING;
  const unsigned = { ...tsig, mac: NOTHING, originalId: idOf(packet), error, other };
  const mac = macOf(key, responseMacInput(tsig.mac, message, key.name, unsigned)).subarray(0, key.macOctets);
  return { kind: 'rejected', error, response: appendTsig(message, key.name, { ...unsigned, mac }) };
}

const NOTHING = new Uint8Array(0);

function refusal(packet: Uint8Array, request: Uint8Array): Uint8Array {
  const message = errorResponse(request, RCODE.NOTAUTH);
  // A forwarder may have given the request another id, under which it expects the answer.
  message.set(packet.subarray(0, 2));
  return message;
}

function idOf(packet: Uint8Array): number {
  return ((packet[0] as number) << 8) | (packet[1] as number);
}

function time48(seconds: number): Uint8Array {
  const octets = new Uint8Array(6);
  const view = new DataView(octets.buffer);
  view.setUint16(0, Math.floor(seconds / 2 ** 32));
  view.setUint32(2, seconds >>> 0);
  return octets;
}
