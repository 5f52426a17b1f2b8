import { refuse, type Refusal } from '../operation.ts';
import type { HostedZone } from '../tables.ts';

/** What Route 53 says of zones that belong to another service, such as Cloud Map's: here, of copies of another server's zone. */
export function refuseSecondary(zone: HostedZone): Refusal | undefined {
  if (zone.secondary === undefined) return undefined;
  return refuse(
    'AccessDenied',
    `The resource hostedzone/${zone.id} can only be managed through zone transfers: it is a secondary zone of ${zone.secondary.primaries.join(', ')}`,
  );
}
