import { firstKey, type ZoneKey } from '../../dnssec/zone-keys.ts';
import { refuse } from '../operation.ts';
import { isTransferredOut } from '../record-sets/serial-advance.ts';
import { tables } from '../tables.ts';
import { dnssecOperation, type ParentCommand } from './dnssec-operation.ts';
import { NOTHING_DUE } from './due.ts';
import { parentsOf, partlyDelegated } from './parent-delegation.ts';
import { keyJitter } from './rollover-jitter.ts';
import { signableZone } from './signable-zone.ts';
import { activeKeys } from './zone-dnssec.ts';

export interface EnableHostedZoneDNSSECCommand extends ParentCommand {
  /** The key to sign with, wrapped; not looked at when the zone is signed already. */
  readonly zoneKey?: ZoneKey;
}

/**
 * Costs the same for a zone of any size: what is answered is signed when it is asked for.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_EnableHostedZoneDNSSEC.html
 */
export const enableHostedZoneDNSSEC = dnssecOperation<EnableHostedZoneDNSSECCommand, 'HostedZoneDNSSECEnabled'>({
  operation: 'EnableHostedZoneDNSSEC',
  kind: 'HostedZoneDNSSECEnabled',
  forbids(view, { hostedZoneId }, settings) {
    const zone = view.get(tables.hostedZones, [hostedZoneId]);
    if (zone === undefined || !isTransferredOut(settings, zone.name)) return undefined;
    return refuse(
      'InvalidArgument',
      `Hosted zone ${zone.id} is transferred to other servers, which would answer without signatures: take ${zone.name} out of WAYPOST_TRANSFERS first`,
    );
  },
  judge(view, { hostedZoneId, zoneKey, parent }, now) {
    const found = signableZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    if (dnssec.signing !== undefined) return { zone, after: dnssec };
    const [active] = activeKeys(dnssec);
    if (active === undefined) {
      return refuse(
        'KeySigningKeyWithActiveStatusNotFound',
        `Hosted zone ${zone.id} has no key-signing key with the status ACTIVE`,
      );
    }
    const parents = parentsOf(view, zone, parent);
    const refusal = partlyDelegated(view, zone, parents);
    if (refusal !== undefined) return refusal;
    if (zoneKey === undefined || zoneKey.algorithm !== active.algorithm) {
      return refuse('ConcurrentModification', `The keys of hosted zone ${zone.id} were changed meanwhile. Retry.`);
    }
    const keys = firstKey(zoneKey, now, keyJitter(zone, zoneKey));
    return {
      zone,
      after: { ...dnssec, signing: { keys, since: now, dueAt: NOTHING_DUE } },
      reliesOn: parents.reliesOn,
    };
  },
});
