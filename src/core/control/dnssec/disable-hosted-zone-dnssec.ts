import { refuse } from '../operation.ts';
import { dnssecOperation, type ParentCommand } from './dnssec-operation.ts';
import { keyInParent, parentsOf } from './parent-delegation.ts';
import { signableZone } from './signable-zone.ts';
import type { KeySigningKey } from './zone-dnssec.ts';

/**
 * Key-signing keys stay as they are. A zone that has some and does not sign is as it should be then, which Terraform relies on.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_DisableHostedZoneDNSSEC.html
 */
export const disableHostedZoneDNSSEC = dnssecOperation<ParentCommand, 'HostedZoneDNSSECDisabled'>({
  operation: 'DisableHostedZoneDNSSEC',
  kind: 'HostedZoneDNSSECDisabled',
  judge(view, { hostedZoneId, parent }) {
    const found = signableZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    const { keySigningKeys, signing } = dnssec;
    if (keySigningKeys.length === 0) {
      return refuse('DNSSECNotFound', `Hosted zone ${zone.id} does not have any DNSSEC resources`);
    }
    if (signing === undefined) return { zone, after: dnssec };
    const parents = parentsOf(view, zone, parent);
    const refusal = keyInParent(zone, parents, keySigningKeys);
    return refusal ?? { zone, after: { keySigningKeys: keySigningKeys.map(untroubled) }, reliesOn: parents.reliesOn };
  },
});

/** Nothing is asked of the key any more, and it is tried when something is. */
function untroubled({ trouble, ...key }: KeySigningKey): KeySigningKey {
  return trouble === undefined ? key : { ...key, status: 'ACTIVE' };
}
