import { geoLocation } from '../../geo/geo-locations.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { GeoLocationCode, Routing } from '../../zone/routing.ts';

/**
 * The rules that record sets of one name and type keep among each other. They are judged once the whole batch is in, so that a
 * batch may turn a group's policy, swap a primary or change all TTLs.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html has the greatest numbers.
 */
const SETS_MAX = 100;
const GEOPROXIMITY_SETS_MAX = 30;

/** What is wrong with `set`, which the batch put, beside the `others` of its name and type. */
export function groupMessages(name: string, set: RecordSet, others: readonly RecordSet[]): string[] {
  const { routing, type } = set;
  const label = `RRSet with DNS name ${name}, type ${type}`;
  if (routing === undefined) {
    return others.length === 0 ? [] : [`${label} cannot be created as other RRSets exist with the same name and type.`];
  }
  const put = `${label}, SetIdentifier ${set.setIdentifier ?? ''}`;
  if (others.some((other) => other.routing?.policy !== routing.policy)) return [`${put}${mixed(routing)}`];
  const most = routing.policy === 'geoproximity' ? GEOPROXIMITY_SETS_MAX : SETS_MAX;
  const messages: string[] = [];
  if (others.length >= most) messages.push(`${put} cannot be created as a group has at most ${most} sets.`);
  if (others.some((other) => other.routing !== undefined && samePlace(other.routing, routing))) {
    messages.push(`${put}${taken(routing)}`);
  }
  return [...messages, ...differences(name, set, put, others)];
}

function differences(name: string, set: RecordSet, put: string, others: readonly RecordSet[]): string[] {
  const { routing } = set;
  if (routing?.policy === 'weighted') {
    const ttls = others.map((other) => other.ttlSeconds).filter((ttl) => ttl !== undefined);
    return set.ttlSeconds === undefined || ttls.every((ttl) => ttl === set.ttlSeconds)
      ? []
      : [
          `RRSet with DNS name ${name} and type ${set.type}, SetIdentifier ${set.setIdentifier} cannot be created as weighted sets must contain the same TTL.`,
        ];
  }
  if (routing?.policy === 'ip-based') {
    const collections = others.map((other) => (other.routing as typeof routing).collectionId);
    return collections.every((id) => id === routing.collectionId)
      ? []
      : [`${put} cannot be created as all sets of a name and type must use the same CIDR collection.`];
  }
  return [];
}

/** The end of the sentence when sets of another policy are there. */
function mixed(routing: Routing): string {
  switch (routing.policy) {
    case 'weighted':
      return ' cannot be created as a non-weighted set exists with the same name and type.';
    case 'latency':
      return `, and Region Name=${routing.region} cannot be created because a non-latency RRSet with the same name and type already exists.`;
    case 'failover':
      return `, marked as ${routing.role.toLowerCase()} cannot be created because a non-failover RRSet with the same name and type already exists`;
    case 'geolocation':
      return `, and routing to ${locationText(routing.location)} cannot be created because a non-GEO RRSet with the same name and type already exists`;
    case 'geoproximity':
      return ' cannot be created because a non-geoproximity RRSet with the same name and type already exists.';
    case 'multivalue':
      return ' cannot be created because a non multivalue answer rrset exists with the same name and type.';
    case 'ip-based':
      return ' cannot be created because a non-CIDR RRSet with the same name and type already exists.';
  }
}

/** Whether both claim what only one set of a group can have. */
function samePlace(a: Routing, b: Routing): boolean {
  return placeOf(a) !== undefined && placeOf(a) === placeOf(b);
}

function placeOf(routing: Routing): string | undefined {
  switch (routing.policy) {
    case 'latency':
      return routing.region;
    case 'failover':
      return routing.role;
    case 'geolocation':
      return locationText(routing.location);
    case 'geoproximity': {
      const { region, localZoneGroup, coordinates } = routing.origin;
      return coordinates === undefined
        ? (region ?? localZoneGroup)
        : `${Number(coordinates.latitude)} ${Number(coordinates.longitude)}`;
    }
    case 'ip-based':
      return `${routing.collectionId} ${routing.location}`;
    default:
      return undefined;
  }
}

function taken(routing: Routing): string {
  switch (routing.policy) {
    case 'latency':
      return `, and Region Name=${routing.region} cannot be created because a latency RRSet with the same name, type and region already exists.`;
    case 'failover':
      return `, marked as ${routing.role.toLowerCase()} cannot be created because a ${routing.role.toLowerCase()} RRSet with the same name and type already exists`;
    case 'geolocation':
      return `, and routing to ${locationText(routing.location)} cannot be created because a GEO RRSet with the same name, type and location already exists`;
    case 'ip-based':
      return `, and CIDR location ${routing.location} cannot be created because a CIDR RRSet with the same name, type and location already exists.`;
    default:
      return ' cannot be created because a geoproximity RRSet with the same name, type and location already exists.';
  }
}

function locationText(code: GeoLocationCode): string {
  const { continent, country, subdivision } = geoLocation(code) ?? {};
  const parts = [
    ['continent', continent],
    ['country', country],
    ['subdivision', subdivision],
  ] as const;
  return `[${parts.flatMap(([what, place]) => (place === undefined ? [] : [`${what} = (${place.code}, ${place.name})`])).join(', ')}]`;
}
