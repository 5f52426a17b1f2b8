import { parseIpv4, parseIpv6 } from '../../core/dns/ip-address.ts';

/** The addresses that begin with some bits. */
export interface Network {
  /** Four octets or sixteen. */
  readonly octets: Uint8Array;
  readonly prefixBits: number;
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone; undefined for anything else, also when bits behind the prefix are set. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const octets = parseIpv4(address) ?? parseIpv6(address);
  if (octets === undefined || rest.length > 0) return undefined;
  const prefixBits = prefix === undefined ? octets.length * 8 : /^[0-9]{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
  if (prefixBits > octets.length * 8) return undefined;
  const behind = octets.some((octet, index) => (octet & ~maskOf(prefixBits, index)) !== 0);
  return behind ? undefined : { octets, prefixBits };
}

/** IPv4 and IPv6 are never in each other's networks: sockets of ours see IPv4 clients as such. */
export function isInNetwork(address: Uint8Array, network: Network): boolean {
  if (address.length !== network.octets.length) return false;
  return address.every((octet, index) => (octet & maskOf(network.prefixBits, index)) === network.octets[index]);
}

/** The bits of the octet at `index` that belong to the prefix. */
function maskOf(prefixBits: number, index: number): number {
  const bits = Math.min(Math.max(prefixBits - index * 8, 0), 8);
  return (0xff00 >> bits) & 0xff;
}
