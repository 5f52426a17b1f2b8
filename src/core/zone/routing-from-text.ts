import type { RecordSet } from './record-set.ts';
import type { FailoverRole, GeoLocationCode, GeoOrigin, Routing } from './routing.ts';

/**
 * What a line of zonesFromText says about routing, in brackets at its end, for tests:
 *
 *     [weighted 10, id blue, check hc1]          [failover PRIMARY, id a, check hc1, evaluate]
 *     [latency eu-west-1, id eu]                 [geolocation continent=EU, id eu]   [geolocation country=US/CA, id ca]
 *     [geoproximity us-east-1 25, id us]         [geoproximity 48.85,2.35 -10, id paris]
 *     [multivalue, id 1]                         [ip-based collection office, id o]  [check hc1]
 */
export interface RoutingText {
  readonly rest: string;
  readonly set: Pick<RecordSet, 'setIdentifier' | 'healthCheckId' | 'routing'>;
  readonly evaluateTargetHealth: boolean;
}

export function splitRouting(line: string): RoutingText {
  const match = /^(.*?)\s+\[([^\]"]+)\]\s*$/.exec(line);
  if (match === null) return { rest: line, set: {}, evaluateTargetHealth: false };
  const words = (match[2] as string).split(/,\s+/).map((part) => part.trim().split(/\s+/));
  const word = (key: string): string | undefined => words.find(([first]) => first === key)?.[1];
  const routing = words.map(routingOf).find((each) => each !== undefined);
  const [id, check] = [word('id'), word('check')];
  return {
    rest: match[1] as string,
    set: {
      ...(id === undefined ? {} : { setIdentifier: id }),
      ...(check === undefined ? {} : { healthCheckId: check }),
      ...(routing === undefined ? {} : { routing }),
    },
    evaluateTargetHealth: words.some(([first]) => first === 'evaluate'),
  };
}

function routingOf([policy = '', first = '', second = '']: readonly string[]): Routing | undefined {
  switch (policy) {
    case 'weighted':
      return { policy, weight: Number(first) };
    case 'latency':
      return { policy, region: first };
    case 'failover':
      return { policy, role: first as FailoverRole };
    case 'geolocation':
      return { policy, location: geoLocationCode(first) };
    case 'geoproximity':
      return { policy, origin: originOf(first), bias: Number(second) };
    case 'multivalue':
      return { policy };
    case 'ip-based':
      return { policy, collectionId: first, location: second };
    default:
      return undefined;
  }
}

function geoLocationCode(text: string): GeoLocationCode {
  const [kind, value = ''] = text.split('=');
  if (kind === 'continent') return { continent: value };
  const [country = '', subdivision] = value.split('/');
  return { country, ...(subdivision === undefined ? {} : { subdivision }) };
}

function originOf(text: string): GeoOrigin {
  const [latitude = '', longitude] = text.split(',');
  return longitude === undefined ? { region: text } : { coordinates: { latitude, longitude } };
}
