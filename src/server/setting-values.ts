import { isIP, isIPv6 } from 'node:net';
import type { NameServer, NameServerSet } from '../core/control/operation.ts';
import type { Address } from '../edge/address.ts';

/** The values that settings can have. Each parser throws a sentence that follows "WAYPOST_X is …, but". */
export function parseText(text: string): string {
  return text;
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`must be a whole number from ${min} to ${max}`);
    return value;
  };
}

const PORT_MAX = 65_535;

export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const family = bracketed === undefined ? 4 : 6;
  if (isIP(host) !== family || !(port <= PORT_MAX)) {
    throw new Error('must be an address and a port, such as 127.0.0.1:5300 or [::1]:5300');
  }
  return { host, port };
}

/** Each needs a socket in every worker. */
const ADDRESSES_MAX = 16;

export function parseAddresses(text: string): readonly Address[] {
  const addresses = text.split(',').map(parseAddress);
  if (addresses.length > ADDRESSES_MAX) throw new Error(`must be at most ${ADDRESSES_MAX} addresses`);
  return addresses;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** In presentation form without the trailing dot (RFC 1035 §2.3.4, less the root label and a length octet). */
const NAME_LENGTH_MAX = 253;
/** A set is one NS record set; Route 53's have four. */
const SERVERS_PER_SET_MAX = 13;

export function parseNameServers(text: string): readonly NameServerSet[] {
  const sets = text.split(';').map((set) => ({ servers: set.split(',').map(parseNameServer) }));
  const seen = new Set<string>();
  for (const { servers } of sets) {
    if (servers.length > SERVERS_PER_SET_MAX) throw new Error(`a set has at most ${SERVERS_PER_SET_MAX} servers`);
    for (const { name } of servers) {
      if (seen.has(name)) throw new Error(`${name} is there twice; every name belongs to one set`);
      seen.add(name);
    }
  }
  return sets;
}

function parseNameServer(text: string): NameServer {
  const [name = '', list, ...rest] = text.trim().toLowerCase().split('=');
  const bare = name.trim().replace(/\.$/, '');
  const labels = bare.split('.');
  if (labels.length < 2 || bare.length > NAME_LENGTH_MAX || !labels.every((label) => LABEL.test(label))) {
    throw new Error(`"${name}" is not a host name`);
  }
  const addresses = (list ?? '').split('+').map((address) => address.trim().replace(/^\[(.*)\]$/, '$1'));
  if (rest.length > 0 || list === undefined || !addresses.every((address) => isIP(address) !== 0)) {
    throw new Error(`"${text.trim()}" must be a name and its addresses, such as ns1.example.net=192.0.2.1+2001:db8::1`);
  }
  return { name: bare, addresses };
}

export function urlOf(address: Address): string {
  return `http://${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}
