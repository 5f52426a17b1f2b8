import type { ReadOperation } from '../operation.ts';
import { signableZone } from './signable-zone.ts';
import { statusOf, type DnssecStatus, type KeySigningKey } from './zone-dnssec.ts';

export interface DnssecGot extends DnssecStatus {
  readonly keySigningKeys: readonly KeySigningKey[];
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetDNSSEC.html */
export const getDnssec: ReadOperation<{ readonly hostedZoneId: string }, DnssecGot> = {
  operation: 'GetDNSSEC',
  read(view, { hostedZoneId }) {
    const found = signableZone(view, hostedZoneId);
    if ('refused' in found) return found;
    return { ...statusOf(found.dnssec), keySigningKeys: found.dnssec.keySigningKeys };
  },
};
