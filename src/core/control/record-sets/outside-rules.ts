import type { AliasTarget, RecordSet } from '../../zone/record-set.ts';

/**
 * Aliases that lead out of their zone. Route 53 knows AWS's own services by hosted zone ids that mean nothing here, but the names that
 * come with them are hosts like any other: they are resolved. So is every other host, by an id that Route 53 has no use for.
 */

/** The hosted zone id of an alias target that may be any host. */
export const OUTSIDE_ZONE_ID = 'ZOUTSIDE';

/** Below these names AWS puts what Route 53's aliases may lead to: load balancers, CloudFront, S3 websites, API Gateway … */
const AWS_DOMAINS = [
  'amazonaws.com.',
  'amazonaws.com.cn.',
  'amazonaws.eu.',
  'cloudfront.net.',
  'cloudfront.cn.',
  'awsglobalaccelerator.com.',
  'elasticbeanstalk.com.',
  'awsapprunner.com.',
  'amazonlightsail.com.',
  'on.aws.',
  'api.aws.',
];

/** The types whose values are a host's addresses. */
const ADDRESS_TYPES: readonly string[] = ['A', 'AAAA'];
/** RFC 1123 §2.1, with the underscore that some hosts have all the same. */
const HOST_NAME = /^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+$/;

/** Whether a target is a host outside rather than a record set of the zone with this id. `name` is normalised. */
export function isOutside(hostedZoneId: string, name: string, zoneId: string): boolean {
  if (hostedZoneId === zoneId) return false;
  return hostedZoneId === OUTSIDE_ZONE_ID || AWS_DOMAINS.some((domain) => name.endsWith(`.${domain}`));
}

/** What is wrong with an alias of a host outside. */
export function outsideMessages(name: string, set: RecordSet, alias: AliasTarget, resolvesHosts: boolean): string[] {
  const tried = `Tried to create an alias that targets ${alias.name}, type ${set.type} in zone ${alias.hostedZoneId}`;
  if (!ADDRESS_TYPES.includes(set.type)) {
    return [`${tried}, but only aliases of type A and AAAA can target a host outside their hosted zone`];
  }
  if (!HOST_NAME.test(alias.name)) return [`${tried}, but that is not a host name`];
  if (alias.name === name) return [`${tried}, but an alias cannot target itself`];
  if (!resolvesHosts) return [`${tried}, but this member has no resolver to look hosts up with: set WAYPOST_RESOLVERS`];
  return [];
}
