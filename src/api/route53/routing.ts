import type * as sdk from '@aws-sdk/client-route-53';
import type { Routing } from '../../core/zone/routing.ts';
import { bareId, optional } from './door.ts';

/** Routing policies between the API's members of a record set and the value that says the same. */

const MEMBERS = [
  'Weight',
  'Region',
  'Failover',
  'GeoLocation',
  'MultiValueAnswer',
  'GeoProximityLocation',
  'CidrRoutingConfig',
] as const;

/** The policy members that are present; `MultiValueAnswer` counts when it is true. */
export function policiesIn(set: Partial<sdk.ResourceRecordSet>): string[] {
  return MEMBERS.filter((member) => set[member] !== undefined && set[member] !== false);
}

/** What the set's policy says; of several, which are refused, that of the first. */
export function routingIn(set: Partial<sdk.ResourceRecordSet>): Routing | undefined {
  const { Weight, Region, Failover, GeoLocation, GeoProximityLocation, CidrRoutingConfig } = set;
  if (Weight !== undefined) return { policy: 'weighted', weight: Weight };
  if (Region !== undefined) return { policy: 'latency', region: Region };
  if (Failover !== undefined) return { policy: 'failover', role: Failover };
  if (GeoLocation !== undefined) {
    const location = {
      ...optional('continent', GeoLocation.ContinentCode),
      ...optional('country', GeoLocation.CountryCode),
      ...optional('subdivision', GeoLocation.SubdivisionCode),
    };
    return { policy: 'geolocation', location };
  }
  if (set.MultiValueAnswer === true) return { policy: 'multivalue' };
  if (GeoProximityLocation !== undefined) return geoproximityIn(GeoProximityLocation);
  if (CidrRoutingConfig !== undefined) {
    return {
      policy: 'ip-based',
      collectionId: bareId(CidrRoutingConfig.CollectionId),
      location: CidrRoutingConfig.LocationName ?? '',
    };
  }
  return undefined;
}

function geoproximityIn({ AWSRegion, LocalZoneGroup, Coordinates, Bias }: sdk.GeoProximityLocation): Routing {
  const coordinates = Coordinates && {
    latitude: Coordinates.Latitude ?? '',
    longitude: Coordinates.Longitude ?? '',
  };
  return {
    policy: 'geoproximity',
    origin: {
      ...optional('region', AWSRegion),
      ...optional('localZoneGroup', LocalZoneGroup),
      ...optional('coordinates', coordinates),
    },
    ...optional('bias', Bias),
  };
}

export function routingShape(routing: Routing | undefined): Partial<sdk.ResourceRecordSet> {
  switch (routing?.policy) {
    case undefined:
      return {};
    case 'weighted':
      return { Weight: routing.weight };
    case 'latency':
      return { Region: routing.region as sdk.ResourceRecordSetRegion };
    case 'failover':
      return { Failover: routing.role };
    case 'geolocation':
      return {
        GeoLocation: {
          ...optional('ContinentCode', routing.location.continent),
          ...optional('CountryCode', routing.location.country),
          ...optional('SubdivisionCode', routing.location.subdivision),
        },
      };
    case 'multivalue':
      return { MultiValueAnswer: true };
    case 'geoproximity': {
      const { region, localZoneGroup, coordinates } = routing.origin;
      return {
        GeoProximityLocation: {
          ...optional('AWSRegion', region),
          ...optional('LocalZoneGroup', localZoneGroup),
          ...optional(
            'Coordinates',
            coordinates && { Latitude: coordinates.latitude, Longitude: coordinates.longitude },
          ),
          ...optional('Bias', routing.bias),
        },
      };
    }
    case 'ip-based':
      return { CidrRoutingConfig: { CollectionId: routing.collectionId, LocationName: routing.location } };
  }
}
