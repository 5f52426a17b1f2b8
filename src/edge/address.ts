import { isIPv4 } from 'node:net';
import { parseIpv4, parseIpv6 } from '../core/dns/ip-address.ts';

/** Where a socket listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export function printAddress(address: Address): string {
  return isIPv4(address.host) ? `${address.host}:${address.port}` : `[${address.host}]:${address.port}`;
}

/** The four or sixteen octets of a client's address as node tells it; of `::` when it is gone already. */
export function addressOctets(text = '::'): Uint8Array {
  const zone = text.indexOf('%');
  return parseIpv4(text) ?? parseIpv6(zone < 0 ? text : text.slice(0, zone)) ?? new Uint8Array(16);
}

/** What is spoken on a socket that listens. */
export type Protocol = 'udp' | 'tcp' | 'tls' | 'https' | 'http';

/** A socket could not be had; `code` is the system's, such as EADDRINUSE. */
export class ListenError extends Error {
  readonly code: string;
  readonly address: Address;
  readonly protocol: Protocol;

  constructor(code: string, address: Address, protocol: Protocol) {
    super(`${code}: cannot listen on ${printAddress(address)}/${protocol}`);
    this.name = 'ListenError';
    this.code = code;
    this.address = address;
    this.protocol = protocol;
  }
}
