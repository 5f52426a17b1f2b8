import { isIPv4 } from 'node:net';

/** Where a socket listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export function printAddress(address: Address): string {
  return isIPv4(address.host) ? `${address.host}:${address.port}` : `[${address.host}]:${address.port}`;
}

/** A socket could not be had; `code` is the system's, such as EADDRINUSE. */
export class ListenError extends Error {
  readonly code: string;
  readonly address: Address;

  constructor(code: string, address: Address, protocol: string) {
    super(`${code}: cannot listen on ${printAddress(address)}/${protocol}`);
    this.name = 'ListenError';
    this.code = code;
    this.address = address;
  }
}
