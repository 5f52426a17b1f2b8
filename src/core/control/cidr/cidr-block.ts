import { parseIpv4, parseIpv6, printIpv6 } from '../../dns/ip-address.ts';

/** A network as a collection holds it. */
export interface CidrBlock {
  /** Canonical: `192.0.2.0/24`, `2001:db8::/32`. */
  readonly text: string;
  /** Four or sixteen octets. */
  readonly address: Uint8Array;
  readonly prefixLength: number;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CidrCollectionChange.html */
const PREFIX_MAX_V4 = 24;
const PREFIX_MAX_V6 = 48;

/** Undefined when it is no network, has host bits, or is longer than Route 53 takes. */
export function parseCidrBlock(text: string): CidrBlock | undefined {
  const match = /^([0-9a-fA-F:.]+)\/([0-9]{1,3})$/.exec(text);
  const address = match === null ? undefined : (parseIpv4(match[1] as string) ?? parseIpv6(match[1] as string));
  const prefixLength = Number(match?.[2]);
  if (address === undefined) return undefined;
  const most = address.length === 4 ? PREFIX_MAX_V4 : PREFIX_MAX_V6;
  if (prefixLength < 1 || prefixLength > most || hasHostBits(address, prefixLength)) return undefined;
  const host = address.length === 4 ? address.join('.') : printIpv6(address);
  return { text: `${host}/${prefixLength}`, address, prefixLength };
}

function hasHostBits(address: Uint8Array, prefixLength: number): boolean {
  return address.some((octet, index) => {
    const network = Math.min(8, Math.max(0, prefixLength - index * 8));
    return (octet & (0xff >> network)) !== 0;
  });
}
