import { EDNS_OPTION } from '../../dns/edns.ts';
import { TYPE } from '../../dns/record-type.ts';
import type { Outcome } from '../outcome.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import type { World } from '../world.ts';
import { ASKED } from './read-options.ts';
import { COOKIE_OCTETS } from './server-cookie.ts';

/**
 * The OPT record of an answer (RFC 6891): eleven octets, and behind them the options that the query asked for or the outcome has.
 * Its length is needed first, because the records before it get what is left.
 */
export function optOctets(world: World, query: Query, read: ReadQuery, outcome: Outcome): number {
  if (!read.hasOpt) return 0;
  let octets = OPT_OCTETS;
  if (outcome.extendedError !== undefined) octets += OPTION_OCTETS + outcome.extendedError.length;
  const { asked } = read.options;
  if (asked === 0) return octets;
  if (asked & ASKED.NSID && world.serverId.length > 0) octets += OPTION_OCTETS + world.serverId.length;
  if (asked & ASKED.COOKIE && world.cookies !== undefined) octets += OPTION_OCTETS + COOKIE_OCTETS;
  if (asked & ASKED.SUBNET) octets += OPTION_OCTETS + read.options.subnetOctets;
  if (asked & ASKED.TCP_KEEPALIVE && keptAlive(query)) octets += OPTION_OCTETS + world.keepalive.length;
  return octets;
}

/** Writes it at `from`, as long as `octets` says. */
export function writeOpt(
  world: World,
  query: Query,
  read: ReadQuery,
  outcome: Outcome,
  response: Uint8Array,
  from: number,
  octets: number,
): void {
  response[from] = 0;
  put16(response, from + 1, TYPE.OPT);
  put16(response, from + 3, world.settings.udpBytesMax);
  response[from + 5] = outcome.rcode >> 4;
  response[from + 6] = 0;
  put16(response, from + 7, read.compactOk ? 0xc000 : read.dnssecOk ? 0x8000 : 0);
  put16(response, from + 9, octets - OPT_OCTETS);
  if (octets === OPT_OCTETS) return;
  let at = from + OPT_OCTETS;
  const { extendedError } = outcome;
  if (extendedError !== undefined) {
    at = writeOption(response, at, EDNS_OPTION.EXTENDED_ERROR, extendedError, extendedError.length);
  }
  const { asked } = read.options;
  if (asked & ASKED.NSID && world.serverId.length > 0) {
    at = writeOption(response, at, EDNS_OPTION.NSID, world.serverId, world.serverId.length);
  }
  if (asked & ASKED.COOKIE && world.cookies !== undefined) {
    at = writeOption(response, at, EDNS_OPTION.COOKIE, world.cookies.reply, COOKIE_OCTETS);
  }
  if (asked & ASKED.SUBNET) {
    const scopeAt = at + OPTION_OCTETS + 3;
    at = writeOption(response, at, EDNS_OPTION.CLIENT_SUBNET, read.options.subnet, read.options.subnetOctets);
    response[scopeAt] = read.options.scopeBits;
  }
  if (asked & ASKED.TCP_KEEPALIVE && keptAlive(query)) {
    writeOption(response, at, EDNS_OPTION.TCP_KEEPALIVE, world.keepalive, world.keepalive.length);
  }
}

/** The class, TTL and length that make OPT a record, and the code and length that begin each option. */
const OPT_OCTETS = 11;
const OPTION_OCTETS = 4;

/** RFC 7828 §3.2.1: never by UDP; and HTTP has its own ways of keeping a connection. */
function keptAlive(query: Query): boolean {
  return query.transport === 'tcp' || query.transport === 'tls';
}

function writeOption(response: Uint8Array, from: number, code: number, data: Uint8Array, octets: number): number {
  put16(response, from, code);
  put16(response, from + 2, octets);
  const at = from + OPTION_OCTETS;
  for (let octet = 0; octet < octets; octet += 1) response[at + octet] = data[octet] as number;
  return at + octets;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
