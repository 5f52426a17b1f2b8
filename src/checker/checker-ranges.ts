import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Where this member's probes come from, for the firewalls of those who are checked: what the operator says, else the host's own
 * addresses. Behind NAT only the operator knows.
 */
export function checkerRanges(configured: readonly string[] | undefined): readonly string[] {
  if (configured !== undefined) return configured.toSorted();
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => `${address}/${isIPv6(address) ? 128 : 32}`);
  return [...new Set(addresses)].toSorted();
}
