import type { ReadOperation } from '../operation.ts';
import { parentDsMessage } from './parent-ds.ts';
import { signableZone } from './signable-zone.ts';
import { withTags } from './with-tags.ts';
import { statusOf, type DnssecStatus, type KeySigningKey } from './zone-dnssec.ts';

export interface DnssecGot extends DnssecStatus {
  readonly keySigningKeys: readonly KeySigningKey[];
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetDNSSEC.html */
export const getDnssec: ReadOperation<{ readonly hostedZoneId: string }, DnssecGot> = {
  operation: 'GetDNSSEC',
  read(view, { hostedZoneId }, { now }) {
    const found = signableZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    const status = statusOf(dnssec);
    const message = status.message ?? parentDsMessage(view, zone, withTags(view, zone, dnssec, now));
    return { ...status, ...(message === undefined ? {} : { message }), keySigningKeys: dnssec.keySigningKeys };
  },
};
