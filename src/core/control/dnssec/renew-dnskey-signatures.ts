import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { signingZone } from './signing-zone.ts';

/** A turn began: signatures for another one are added at the end. */
export const renewDnskeySignatures = dnssecOperation<SignedCommand, 'DnskeySignaturesRenewed'>({
  operation: 'RenewDnskeySignatures',
  kind: 'DnskeySignaturesRenewed',
  renews: true,
  byTime: true,
  settles: true,
  judge(view, { hostedZoneId }) {
    const found = signingZone(view, hostedZoneId);
    return 'refused' in found ? found : { zone: found.zone, after: found.dnssec };
  },
});
