import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuseSecondary } from '../hosted-zones/refuse-secondary.ts';
import { refuse, type Refusal } from '../operation.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { NO_DNSSEC, type KeySigningKey, type ZoneDnssec } from './zone-dnssec.ts';

export interface SignableZone {
  readonly zone: HostedZone;
  readonly dnssec: ZoneDnssec;
}

/** Clients look at the beginning of what private zones are told (Terraform). */
export function signableZone(view: View, id: string): SignableZone | Refusal {
  const zone = view.get(tables.hostedZones, [id]);
  if (zone === undefined) return noSuchHostedZone(id);
  if (zone.private) {
    return refuse('InvalidArgument', `Operation is unsupported for private hosted zones: ${id} is one`);
  }
  return refuseSecondary(zone) ?? { zone, dnssec: view.get(tables.dnssec, [id]) ?? NO_DNSSEC };
}

export interface KeySigningKeyName {
  readonly hostedZoneId: string;
  readonly name: string;
}

export interface FoundKeySigningKey extends SignableZone {
  readonly key: KeySigningKey;
}

/** The model of these operations has no error for a zone that is not there: then its key is not there either. */
export function keySigningKey(view: View, { hostedZoneId, name }: KeySigningKeyName): FoundKeySigningKey | Refusal {
  const found = signableZone(view, hostedZoneId);
  if ('refused' in found) {
    return found.refused === 'NoSuchHostedZone' ? refuse('NoSuchKeySigningKey', found.message) : found;
  }
  const key = found.dnssec.keySigningKeys.find((each) => each.name === name);
  if (key !== undefined) return { ...found, key };
  return refuse(
    'NoSuchKeySigningKey',
    `The specified key-signing key ${name} does not exist in hosted zone ${hostedZoneId}`,
  );
}
