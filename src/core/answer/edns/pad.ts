import { EDNS_OPTION } from '../../dns/edns.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { ASKED } from './read-options.ts';

/** RFC 8467 §4.1: what a server pads to, so that an answer's length tells little of what it says. */
const BLOCK_OCTETS = 468;
const OPTION_OCTETS = 4;
const RDLENGTH_AT = 9;

/**
 * Puts a padding option (RFC 7830) behind the others of the OPT record at `optAt`, which ends the message. Only where the client
 * padded, and the transport hides what is said: elsewhere it would amplify. Gives the message's length.
 */
export function pad(query: Query, read: ReadQuery, response: Uint8Array, optAt: number, end: number): number {
  const hidden = query.transport === 'tls' || query.transport === 'https';
  if (!hidden || (read.options.asked & ASKED.PADDING) === 0) return end;
  const padded = Math.min(Math.ceil((end + OPTION_OCTETS) / BLOCK_OCTETS) * BLOCK_OCTETS, response.length);
  const octets = padded - end - OPTION_OCTETS;
  if (octets < 0) return end;
  put16(response, end, EDNS_OPTION.PADDING);
  put16(response, end + 2, octets);
  response.fill(0, end + OPTION_OCTETS, padded);
  const options = ((response[optAt + RDLENGTH_AT] as number) << 8) | (response[optAt + RDLENGTH_AT + 1] as number);
  put16(response, optAt + RDLENGTH_AT, options + OPTION_OCTETS + octets);
  return padded;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
