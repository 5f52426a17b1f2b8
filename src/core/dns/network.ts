import { parseIpv4, parseIpv6 } from './ip-address.ts';

/** A network of addresses, as `192.0.2.0/24` or `2001:db8::/32` (RFC 4632 §3.1, RFC 4291 §2.3). */
export interface Network {
  /** Four octets or sixteen; the bits behind the prefix are zero. */
  readonly address: Uint8Array;
  readonly prefixBits: number;
}

/** A single address is a network of its own. Undefined when the text is none, or has bits set behind its prefix. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const address = parseIpv4(host) ?? parseIpv6(host);
  if (address === undefined) return undefined;
  const bits = slash < 0 ? String(address.length * 8) : text.slice(slash + 1);
  const prefixBits = /^(?:0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : NaN;
  if (!(prefixBits <= address.length * 8)) return undefined;
  const behind = address.some((octet, index) => (octet & behindPrefix(prefixBits - index * 8)) !== 0);
  return behind ? undefined : { address, prefixBits };
}

/** Whether the address, four octets or sixteen, is in the network. */
export function networkHolds(network: Network, address: Uint8Array): boolean {
  if (network.address.length !== address.length) return false;
  for (let at = 0; at * 8 < network.prefixBits; at += 1) {
    const different = (network.address[at] as number) ^ (address[at] as number);
    if (different & ~behindPrefix(network.prefixBits - at * 8)) return false;
  }
  return true;
}

/** The bits of an octet that a prefix of so many bits leaves free. */
function behindPrefix(bits: number): number {
  return bits >= 8 ? 0 : bits <= 0 ? 0xff : 0xff >> bits;
}
