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
