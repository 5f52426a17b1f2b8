import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';

/**
 * Which addresses may be checked. Whoever can make health checks makes this member open connections, so some addresses are closed
 * to everybody: link-local ones and the metadata services of clouds, which hand credentials to whoever asks from the right machine,
 * and what is no host at all. Private and loopback addresses are open, because that is where self-hosted endpoints are; an operator
 * can close more (`deny`), or all but some (`allow`).
 */
export interface AddressRules {
  /** Networks such as `10.0.0.0/8`. When there are any, only they may be checked. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Why an address may not be checked; undefined when it may. `address` is 4 or 16 octets. */
export type AddressGuard = (address: Uint8Array) => string | undefined;

const NEVER: readonly (readonly [reason: string, networks: readonly string[]])[] = [
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  [
    // In order: Azure, Oracle, Alibaba; AWS and Google over IPv6. Over IPv4 those are link-local.
    'a cloud metadata service',
    ['168.63.129.16', '192.0.0.192', '100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254'],
  ],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['reserved', ['0.0.0.0/8', '240.0.0.0/4', '::']],
];

/**
 * Where IPv6 addresses hold an IPv4 one that is connected to in the end: mapped and compatible (RFC 4291 §2.5.5), NAT64 (RFC 6052),
 * 6to4 (RFC 3056 §2).
 */
const EMBEDDING: readonly (readonly [network: Network, octet: number])[] = (
  [
    ['::ffff:0:0/96', 12],
    ['::/96', 12],
    ['64:ff9b::/96', 12],
    ['2002::/16', 2],
  ] as const
).map(([network, octet]) => [knownNetwork(network), octet]);

interface Network {
  readonly address: Uint8Array;
  readonly bits: number;
}

export function addressGuard(rules: AddressRules): AddressGuard {
  const closed = [...NEVER, ['denied by the operator', rules.deny] as const].flatMap(([reason, networks]) =>
    networks.map((network) => ({ reason, network: knownNetwork(network) })),
  );
  const open = rules.allow.map(knownNetwork);
  const judge = (address: Uint8Array): string | undefined => {
    const refused = closed.find(({ network }) => contains(network, address));
    if (refused !== undefined) return refused.reason;
    if (open.length === 0 || open.some((network) => contains(network, address))) return undefined;
    return 'not among those the operator allows';
  };
  return (address) => {
    for (const [network, octet] of address.length === 16 ? EMBEDDING : []) {
      if (!contains(network, address) || isLoopback(address)) continue;
      const reason = judge(address.subarray(octet, octet + 4));
      if (reason !== undefined) return reason;
    }
    return judge(address);
  };
}

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined when it is none. */
export function parseNetwork(text: string): Network | undefined {
  const [host = '', bits, ...more] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || more.length > 0) return undefined;
  if (bits === undefined) return { address, bits: address.length * 8 };
  const length = /^[0-9]{1,3}$/.test(bits) ? Number(bits) : Infinity;
  return length <= address.length * 8 ? { address, bits: length } : undefined;
}

export function parseAddress(text: string): Uint8Array | undefined {
  return parseIpv4(text) ?? parseIpv6(text);
}

function knownNetwork(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text} is no network`);
  return network;
}

function contains({ address: network, bits }: Network, address: Uint8Array): boolean {
  if (network.length !== address.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if ((((network[bit >> 3] as number) ^ (address[bit >> 3] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** `::1` lies in `::/96` and holds no IPv4 address. */
function isLoopback(address: Uint8Array): boolean {
  return address[15] === 1 && address.subarray(0, 15).every((octet) => octet === 0);
}
