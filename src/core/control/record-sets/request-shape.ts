import { refuse, type Refusal } from '../operation.ts';
import { COMMENT_MAX } from '../hosted-zones/create-hosted-zone.ts';
import { checkPolicy } from './policy-shape.ts';
import type { ChangeResourceRecordSetsCommand, RecordSetInput } from './change-batch.ts';

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests-changeresourcerecordsets */
const RECORDS_MAX = 1000;
const CHARACTERS_MAX = 32_000;
const TTL_SECONDS_MAX = 0x7fffffff;
const VALUE_CHARACTERS_MAX = 4000;
const VALUES_MAX = 400;
/** Escapes make four characters of one octet, so this admits every name of 255 octets. */
const NAME_CHARACTERS_MAX = 1024;
const SET_IDENTIFIER_MAX = 128;
const HEALTH_CHECK_ID_MAX = 64;
const ALIAS_ZONE_ID_MAX = 32;

export const RECORD_SET_TYPES: readonly string[] = [
  'SOA',
  'A',
  'TXT',
  'NS',
  'CNAME',
  'MX',
  'NAPTR',
  'PTR',
  'SRV',
  'SPF',
  'AAAA',
  'CAA',
  'DS',
  'TLSA',
  'SSHFP',
  'SVCB',
  'HTTPS',
];

/** What is wrong with the request itself, whatever the zone holds: InvalidInput, except for the limits of a batch. */
export function checkRequest(command: ChangeResourceRecordSetsCommand): Refusal | undefined {
  if (command.changes.length === 0) {
    return refuse(
      'InvalidInput',
      "Invalid XML ; javax.xml.stream.XMLStreamException: org.xml.sax.SAXParseException; cvc-complex-type.2.4.b: The content of element 'Changes' is not complete.",
    );
  }
  if (command.comment !== undefined && command.comment.length > COMMENT_MAX) {
    return refuse('InvalidInput', `Comment must have at most ${COMMENT_MAX} characters`);
  }
  for (const { action, recordSet } of command.changes) {
    const refusal = checkChange(action, recordSet);
    if (refusal !== undefined) return refusal;
  }
  return checkLimits(command);
}

/** One change by itself. */
export function checkChange(action: string, set: RecordSetInput): Refusal | undefined {
  if (action !== 'CREATE' && action !== 'DELETE' && action !== 'UPSERT') {
    return refuse('InvalidInput', `Invalid request: Action must be one of [CREATE, DELETE, UPSERT], not ${action}`);
  }
  // Only a refusal needs it, and of an import's millions few are refused.
  const where = (): string =>
    `[Action=${action}, Name=${set.name}, Type=${set.type}, SetIdentifier=${set.setIdentifier ?? 'null'}]`;
  // A zone that was a copy of another server's may hold other types; what is there can be taken away.
  if (!RECORD_SET_TYPES.includes(set.type) && action !== 'DELETE') {
    return refuse(
      'InvalidInput',
      `Invalid request: Type must be one of [${RECORD_SET_TYPES.join(', ')}] in Change with ${where()}`,
    );
  }
  return checkLengths(set, where) ?? checkContent(set, where) ?? checkPolicy(set, where) ?? checkBounds(set, where);
}

function checkLengths(set: RecordSetInput, where: () => string): Refusal | undefined {
  return (
    checkLength('Name', set.name, 0, NAME_CHARACTERS_MAX, where) ??
    checkLength('SetIdentifier', set.setIdentifier, 1, SET_IDENTIFIER_MAX, where) ??
    checkLength('HealthCheckId', set.healthCheckId, 0, HEALTH_CHECK_ID_MAX, where) ??
    checkLength('AliasTarget.HostedZoneId', set.alias?.hostedZoneId, 0, ALIAS_ZONE_ID_MAX, where) ??
    checkLength('AliasTarget.DNSName', set.alias?.dnsName, 0, NAME_CHARACTERS_MAX, where)
  );
}

function checkLength(
  what: string,
  text: string | undefined,
  min: number,
  max: number,
  where: () => string,
): Refusal | undefined {
  if (text === undefined || (text.length >= min && text.length <= max)) return undefined;
  return refuse(
    'InvalidInput',
    `Invalid request: ${what} must have from ${min} to ${max} characters in Change with ${where()}`,
  );
}

function checkContent(set: RecordSetInput, where: () => string): Refusal | undefined {
  const hasTtl = set.ttlSeconds !== undefined;
  const hasValues = set.values !== undefined;
  const found =
    Number(set.alias !== undefined) + Number(hasTtl || hasValues) + Number(set.trafficPolicyInstanceId !== undefined);
  if (found === 1 && hasTtl === hasValues) return undefined;
  return refuse(
    'InvalidInput',
    'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], ' +
      `but found ${found > 1 ? 'more than one' : 'none'} in Change with ${where()}`,
  );
}

function checkBounds(set: RecordSetInput, where: () => string): Refusal | undefined {
  const ttl = set.ttlSeconds ?? 0;
  if (ttl < 0 || ttl > TTL_SECONDS_MAX) {
    return refuse(
      'InvalidInput',
      `Invalid request: TTL must be from 0 to ${TTL_SECONDS_MAX} in Change with ${where()}`,
    );
  }
  if (set.values !== undefined && set.values.length === 0) {
    return refuse(
      'InvalidInput',
      "Invalid XML ; javax.xml.stream.XMLStreamException: org.xml.sax.SAXParseException; cvc-complex-type.2.4.b: The content of element 'ResourceRecords' is not complete.",
    );
  }
  if ((set.values?.length ?? 0) > VALUES_MAX) {
    return refuse('InvalidInput', `Cannot have more than ${VALUES_MAX} records in a RRSet.`);
  }
  if (set.values?.some((value) => value.length > VALUE_CHARACTERS_MAX)) {
    return refuse(
      'InvalidInput',
      `Invalid request: a Value must have at most ${VALUE_CHARACTERS_MAX} characters in Change with ${where()}`,
    );
  }
  return undefined;
}

/** An UPSERT counts twice, because it may be a DELETE and a CREATE. */
function checkLimits(command: ChangeResourceRecordSetsCommand): Refusal | undefined {
  let records = 0;
  let characters = 0;
  for (const { action, recordSet } of command.changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    records += times * (recordSet.values?.length ?? 1);
    characters += times * (recordSet.values ?? []).reduce((sum, value) => sum + value.length, 0);
  }
  const messages = [
    ...(records > RECORDS_MAX ? [`Number of records limit of ${RECORDS_MAX} exceeded.`] : []),
    ...(characters > CHARACTERS_MAX ? [`Number of characters limit of ${CHARACTERS_MAX} exceeded.`] : []),
  ];
  return messages.length > 0 ? refuse('InvalidChangeBatch', `[${messages.join(', ')}]`) : undefined;
}
