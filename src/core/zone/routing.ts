/**
 * When a record set is the answer, among those of its name and type: Route 53's routing policies. No policy (simple routing) is
 * the absence of this value. What is stored is what the caller wrote; core/routing decides by it.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
 */
export type Routing =
  | { readonly policy: 'weighted'; readonly weight: number }
  | { readonly policy: 'latency'; readonly region: string }
  | { readonly policy: 'failover'; readonly role: FailoverRole }
  | { readonly policy: 'geolocation'; readonly location: GeoLocationCode }
  | { readonly policy: 'geoproximity'; readonly origin: GeoOrigin; readonly bias?: number }
  | { readonly policy: 'multivalue' }
  | { readonly policy: 'ip-based'; readonly collectionId: string; readonly location: string };

export type FailoverRole = 'PRIMARY' | 'SECONDARY';

/** A continent, a country (`*` is everywhere) or a country's subdivision. */
export interface GeoLocationCode {
  readonly continent?: string;
  readonly country?: string;
  readonly subdivision?: string;
}

/** Where a geoproximity set is: one of the three. */
export interface GeoOrigin {
  readonly region?: string;
  readonly localZoneGroup?: string;
  /** Decimal degrees with at most two decimals, as the caller wrote them. */
  readonly coordinates?: { readonly latitude: string; readonly longitude: string };
}

/** Whether both say the same; a bias of zero is the same as none. */
export function sameRouting(a: Routing | undefined, b: Routing | undefined): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Members in one order, so that equal values have equal text. */
function canonical(routing: Routing | undefined): unknown {
  switch (routing?.policy) {
    case 'geolocation': {
      const { continent, country, subdivision } = routing.location;
      return ['geolocation', continent, country, subdivision];
    }
    case 'geoproximity': {
      const { region, localZoneGroup, coordinates } = routing.origin;
      const degrees = coordinates && [Number(coordinates.latitude), Number(coordinates.longitude)];
      return ['geoproximity', region, localZoneGroup, degrees, routing.bias ?? 0];
    }
    case 'ip-based':
      return ['ip-based', routing.collectionId, routing.location];
    case 'weighted':
      return ['weighted', routing.weight];
    case 'latency':
      return ['latency', routing.region];
    case 'failover':
      return ['failover', routing.role];
    default:
      return [routing?.policy];
  }
}
