import { refuse, type Refusal } from '../operation.ts';
import { troubledKeys, type ZoneDnssec } from './zone-dnssec.ts';

/**
 * While a zone serves signatures its DNSKEY set can be changed only when all keys that sign can sign the new one: resolvers may know
 * the zone by the one that cannot.
 */
export function otherKeyTroubled(dnssec: ZoneDnssec, than?: string): Refusal | undefined {
  const troubled = troubledKeys(dnssec).find(({ name }) => name !== than);
  if (dnssec.signing === undefined || troubled === undefined) return undefined;
  return refuse(
    'InvalidKeySigningKeyStatus',
    `Key-signing key ${troubled.name} has the status ACTION_NEEDED: make its KMS key work again, or deactivate it`,
  );
}
