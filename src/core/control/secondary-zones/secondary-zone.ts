import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuse, type Refusal } from '../operation.ts';
import { tables, type HostedZone, type SecondaryZone } from '../tables.ts';
import type { View } from '../view.ts';

export interface FoundSecondaryZone {
  readonly zone: HostedZone;
  readonly held: SecondaryZone;
}

export function secondaryZone(view: View, zoneId: string): FoundSecondaryZone | Refusal {
  const zone = view.get(tables.hostedZones, [zoneId]);
  if (zone === undefined) return noSuchHostedZone(zoneId);
  const held = view.get(tables.secondaryZones, [zoneId]);
  if (held === undefined) return refuse('InvalidInput', `Hosted zone ${zoneId} is not a secondary zone`);
  return { zone, held };
}

/** The zone is not any more as the one who transferred it saw it: another member was faster. */
export function moved(zoneId: string, what: string): Refusal {
  return refuse('PriorRequestNotComplete', `Secondary zone ${zoneId} has moved on meanwhile: ${what}`);
}
