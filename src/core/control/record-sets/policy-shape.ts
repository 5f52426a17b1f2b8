import { geoLocation } from '../../geo/geo-locations.ts';
import { REGIONS } from '../../geo/regions.ts';
import type { GeoOrigin, Routing } from '../../zone/routing.ts';
import { refuse, type Refusal } from '../operation.ts';
import type { RecordSetInput } from './change-batch.ts';

const POLICIES = 'Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig';
const WEIGHT_MAX = 255;
const BIAS_MAX = 99;
/** The model's pattern for a location that may be the default one. */
const CIDR_LOCATION = /^[0-9A-Za-z_*-]{1,16}$/;

/** What is wrong with a record set's routing by itself: InvalidInput. What it is among others is group-rules.ts's matter. */
export function checkPolicy(set: RecordSetInput, where: () => string): Refusal | undefined {
  const { policies, setIdentifier, routing } = set;
  const invalid = (text: string): Refusal =>
    refuse('InvalidInput', `Invalid request: ${text} in Change with ${where()}`);
  if (policies.length > 1 || (setIdentifier !== undefined && policies.length === 0)) {
    const found = policies.length === 0 ? 'none' : 'more than one';
    return invalid(`Expected exactly one of [${POLICIES}], but found ${found}`);
  }
  if (policies.length > 0 && setIdentifier === undefined) return invalid("Missing field 'SetIdentifier'");
  if (set.trafficPolicyInstanceId !== undefined) return invalid('TrafficPolicyInstanceId is not supported yet');
  if (routing === undefined) return undefined;
  const wrong = wrongWith(routing) ?? wrongTogether(routing, set);
  return wrong === undefined ? undefined : invalid(wrong);
}

function wrongWith(routing: Routing): string | undefined {
  switch (routing.policy) {
    case 'weighted':
      return isWithin(routing.weight, 0, WEIGHT_MAX) ? undefined : `Weight must be from 0 to ${WEIGHT_MAX}`;
    case 'latency':
      return REGIONS.has(routing.region) ? undefined : `Region must be one of [${[...REGIONS.keys()].join(', ')}]`;
    case 'failover':
      return routing.role === 'PRIMARY' || routing.role === 'SECONDARY'
        ? undefined
        : 'Failover must be one of [PRIMARY, SECONDARY]';
    case 'geolocation':
      return geoLocation(routing.location) === undefined
        ? 'GeoLocation is not one that ListGeoLocations has'
        : undefined;
    case 'geoproximity':
      if (!isWithin(routing.bias ?? 0, -BIAS_MAX, BIAS_MAX)) return `Bias must be from -${BIAS_MAX} to ${BIAS_MAX}`;
      return wrongWithOrigin(routing.origin);
    case 'ip-based':
      return CIDR_LOCATION.test(routing.location) ? undefined : `LocationName must match ${CIDR_LOCATION.source}`;
    case 'multivalue':
      return undefined;
  }
}

function isWithin(number: number, min: number, max: number): boolean {
  return Number.isInteger(number) && number >= min && number <= max;
}

function wrongWithOrigin({ region, localZoneGroup, coordinates }: GeoOrigin): string | undefined {
  if ([region, localZoneGroup, coordinates].filter((each) => each !== undefined).length !== 1) {
    return 'Expected exactly one of [AWSRegion, LocalZoneGroup, or Coordinates]';
  }
  if (region !== undefined && !REGIONS.has(region))
    return `AWSRegion must be one of [${[...REGIONS.keys()].join(', ')}]`;
  if (coordinates === undefined) return undefined;
  if (!isDegrees(coordinates.latitude, 90)) return 'Latitude must be from -90 to 90 with at most two decimals';
  if (!isDegrees(coordinates.longitude, 180)) return 'Longitude must be from -180 to 180 with at most two decimals';
  return undefined;
}

function isDegrees(text: string, most: number): boolean {
  return /^[-+]?[0-9]{1,3}(\.[0-9]{0,2})?$/.test(text) && Math.abs(Number(text)) <= most;
}

/** Types that routing policies may not have: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html */
const SIMPLE_ONLY: ReadonlySet<string> = new Set(['DS', 'NS', 'SOA']);

function wrongTogether(routing: Routing, set: RecordSetInput): string | undefined {
  if (SIMPLE_ONLY.has(set.type)) return `a record set of type ${set.type} can only have simple routing`;
  if (routing.policy === 'multivalue') {
    if (set.type === 'CNAME') return 'a record set of type CNAME cannot be a multivalue answer';
    if (set.alias !== undefined) return 'an alias cannot be a multivalue answer';
  }
  if (routing.policy === 'failover' && routing.role === 'PRIMARY' && !set.alias && set.healthCheckId === undefined) {
    return 'A non-alias primary ResourceRecordSet must have an associated health check. No changes made.';
  }
  return undefined;
}
