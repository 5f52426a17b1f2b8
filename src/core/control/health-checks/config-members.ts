import { parseAddress } from '../../health/address-rules.ts';
import {
  isEndpointType,
  isHttps,
  searchesBody,
  type HealthCheckConfig,
  type HealthCheckType,
  type InsufficientDataHealthStatus,
} from '../../health/health-check-config.ts';
import { DEFAULT_FAILURE_THRESHOLD, DEFAULT_INTERVAL_SECONDS, defaultPort } from '../../health/probe-plan.ts';
import { refuse, type Refusal } from '../operation.ts';

/** A configuration as a caller writes it: nothing is known of it yet but the types of its members. */
export interface ConfigInput extends Partial<Omit<HealthCheckConfig, 'type' | 'insufficientDataHealthStatus'>> {
  readonly type: string;
  readonly insufficientDataHealthStatus?: string;
  readonly routingControlArn?: string;
}

type Member = keyof ConfigInput;

/** In Route 53's words, where they have been seen. */
const WORDS: Partial<Record<Member, string>> = {
  ipAddress: 'an IP address',
  port: 'a port',
  resourcePath: 'a resource path',
  fullyQualifiedDomainName: 'a fully qualified domain name',
  searchString: 'a search string',
  requestIntervalSeconds: 'a request interval',
  failureThreshold: 'a failure threshold',
  measureLatency: 'latency measurement',
  enableSni: 'SNI',
  regions: 'regions',
  alarm: 'an metric region',
  insufficientDataHealthStatus: 'an insufficient data health state',
  healthThreshold: 'a health threshold',
  childHealthChecks: 'child health checks',
  routingControlArn: 'a routing control ARN',
};

const OF_ENDPOINTS: readonly Member[] = [
  'ipAddress',
  'port',
  'resourcePath',
  'fullyQualifiedDomainName',
  'searchString',
  'requestIntervalSeconds',
  'failureThreshold',
  'measureLatency',
  'enableSni',
  'regions',
];
const OF_METRICS: readonly Member[] = ['alarm', 'insufficientDataHealthStatus'];
const OF_CALCULATED: readonly Member[] = ['healthThreshold', 'childHealthChecks'];

interface Family {
  readonly name: string;
  readonly forbids: readonly Member[];
  readonly needs: readonly Member[];
}

const BASIC: Family = { name: 'Basic', forbids: [...OF_METRICS, ...OF_CALCULATED, 'routingControlArn'], needs: [] };

/** What a type may not have, and must have; the families of a type are asked in turn. */
const FAMILIES: Readonly<Record<HealthCheckType, readonly Family[]>> = {
  HTTP: [BASIC, { name: 'HTTP', forbids: ['searchString'], needs: [] }],
  HTTPS: [BASIC, { name: 'HTTPS', forbids: ['searchString'], needs: [] }],
  HTTP_STR_MATCH: [BASIC, { name: 'String match', forbids: [], needs: ['searchString'] }],
  HTTPS_STR_MATCH: [BASIC, { name: 'String match', forbids: [], needs: ['searchString'] }],
  TCP: [BASIC, { name: 'TCP', forbids: ['resourcePath', 'searchString'], needs: ['port'] }],
  CALCULATED: [
    {
      name: 'Calculated',
      forbids: [...OF_ENDPOINTS, ...OF_METRICS, 'routingControlArn'],
      needs: ['healthThreshold'],
    },
  ],
  CLOUDWATCH_METRIC: [
    {
      name: 'CloudWatch metric',
      forbids: [...OF_ENDPOINTS, ...OF_CALCULATED, 'routingControlArn'],
      needs: ['alarm'],
    },
  ],
};

export const HEALTH_CHECK_TYPES = Object.keys(FAMILIES) as readonly HealthCheckType[];

const PATH_MAX = 255;
const DOMAIN_NAME_MAX = 255;
const SEARCH_STRING_MAX = 255;
const FAILURE_THRESHOLD_MAX = 10;
const HEALTH_THRESHOLD_MAX = 256;
const CHILDREN_MAX = 256;
const REGIONS_MIN = 3;
const REGIONS_MAX = 64;
const ALARM_NAME_MAX = 256;
const INTERVALS_SECONDS = [10, 30];
const INSUFFICIENT_DATA: readonly string[] = ['Healthy', 'Unhealthy', 'LastKnownStatus'];

/** The configuration with Route 53's defaults in it, or everything that is wrong with it by itself. */
export function checkMembers(input: ConfigInput): HealthCheckConfig | Refusal {
  if (input.type === 'RECOVERY_CONTROL') {
    return invalid(['RECOVERY_CONTROL health checks are not supported yet: this version has no routing controls.']);
  }
  if (!Object.hasOwn(FAMILIES, input.type)) {
    return invalid([`Type must be one of [${HEALTH_CHECK_TYPES.join(', ')}], not ${input.type}.`]);
  }
  const type = input.type as HealthCheckType;
  const messages = [...familyMessages(type, input), ...endpointMessages(type, input), ...boundMessages(input)];
  return messages.length > 0 ? invalid(messages) : filled(type, input);
}

export function invalid(messages: readonly string[]): Refusal {
  return refuse('InvalidInput', `Invalid parameter : ${messages.join(' ')}`);
}

/** A switch that is off is as good as absent. */
function has(input: ConfigInput, member: Member): boolean {
  return input[member] !== undefined && input[member] !== false;
}

function familyMessages(type: HealthCheckType, input: ConfigInput): string[] {
  return FAMILIES[type].flatMap(({ name, forbids, needs }) => [
    ...forbids
      .filter((member) => has(input, member))
      .map((member) => `${name} health checks must not have ${WORDS[member]} specified.`),
    ...needs
      .filter((member) => !has(input, member))
      .map((member) => `${name} health checks must have ${WORDS[member]} specified.`),
  ]);
}

function endpointMessages(type: HealthCheckType, input: ConfigInput): string[] {
  const { ipAddress, fullyQualifiedDomainName: name } = input;
  if (!isEndpointType(type)) return [];
  if (ipAddress === undefined && name === undefined) {
    return ['Basic health checks must have an IP address or a fully qualified domain name specified.'];
  }
  if (type === 'TCP' && ipAddress !== undefined && name !== undefined) {
    return ['TCP health checks that have IP address must not have a fully qualified domain name specified.'];
  }
  const messages: string[] = [];
  if (ipAddress !== undefined && parseAddress(ipAddress) === undefined) {
    messages.push(`${ipAddress} is not an IPv4 or IPv6 address.`);
  }
  if (name !== undefined && !isDomainName(name)) messages.push(`${name} is not a fully qualified domain name.`);
  if (name !== undefined && ipAddress === undefined && parseAddress(name) !== undefined) {
    messages.push(`${name} is an address: specify it as the IP address.`);
  }
  return messages;
}

/** It goes into the Host header and the TLS server name: letters, digits and what else is in use in host names (RFC 1123 §2.1). */
function isDomainName(text: string): boolean {
  if (text.length > DOMAIN_NAME_MAX) return false;
  return parseAddress(text) !== undefined || /^([0-9A-Za-z_-]{1,63}\.)*[0-9A-Za-z_-]{1,63}\.?$/.test(text);
}

function boundMessages(input: ConfigInput): string[] {
  const messages: string[] = [];
  const number = (value: number | undefined, what: string, min: number, max: number): void => {
    if (value !== undefined && !(value >= min && value <= max)) {
      messages.push(`${what} must be from ${min} to ${max}, not ${value}.`);
    }
  };
  const length = (value: string | undefined, what: string, min: number, max: number): void => {
    if (value !== undefined && !(value.length >= min && value.length <= max)) {
      messages.push(`${what} must have from ${min} to ${max} characters.`);
    }
  };
  number(input.port, 'Port', 1, 65_535);
  length(input.resourcePath, 'ResourcePath', 0, PATH_MAX);
  length(input.searchString, 'SearchString', 1, SEARCH_STRING_MAX);
  number(input.failureThreshold, 'FailureThreshold', 1, FAILURE_THRESHOLD_MAX);
  number(input.healthThreshold, 'HealthThreshold', 0, HEALTH_THRESHOLD_MAX);
  length(input.alarm?.name, 'AlarmIdentifier.Name', 1, ALARM_NAME_MAX);
  const interval = input.requestIntervalSeconds;
  if (interval !== undefined && !INTERVALS_SECONDS.includes(interval)) {
    messages.push(
      `RequestInterval must be 10 or 30, not ${interval}; for others, tag the health check waypost:interval.`,
    );
  }
  const insufficient = input.insufficientDataHealthStatus;
  if (insufficient !== undefined && !INSUFFICIENT_DATA.includes(insufficient)) {
    messages.push(
      `InsufficientDataHealthStatus must be one of [${INSUFFICIENT_DATA.join(', ')}], not ${insufficient}.`,
    );
  }
  return [...messages, ...listMessages(input)];
}

function listMessages({ regions, childHealthChecks: children }: ConfigInput): string[] {
  const messages: string[] = [];
  if (regions !== undefined && (regions.length < REGIONS_MIN || regions.length > REGIONS_MAX)) {
    messages.push(`Regions must have from ${REGIONS_MIN} to ${REGIONS_MAX} items.`);
  }
  if (children !== undefined && children.length > CHILDREN_MAX) {
    messages.push(`ChildHealthChecks must have at most ${CHILDREN_MAX} items.`);
  }
  for (const [what, list] of [
    ['Regions', regions],
    ['ChildHealthChecks', children],
  ] as const) {
    if (list !== undefined && new Set(list).size < list.length) messages.push(`${what} must not name anything twice.`);
  }
  return messages;
}

/** Members always in this order, so that two configurations are the same when their texts are. */
function filled(type: HealthCheckType, input: ConfigInput): HealthCheckConfig {
  const endpoint = isEndpointType(type);
  const config = {
    type,
    ipAddress: input.ipAddress,
    port: endpoint ? (input.port ?? defaultPort(type)) : undefined,
    resourcePath: input.resourcePath,
    fullyQualifiedDomainName: input.fullyQualifiedDomainName,
    searchString: searchesBody(type) ? input.searchString : undefined,
    requestIntervalSeconds: endpoint ? (input.requestIntervalSeconds ?? DEFAULT_INTERVAL_SECONDS) : undefined,
    failureThreshold: endpoint ? (input.failureThreshold ?? DEFAULT_FAILURE_THRESHOLD) : undefined,
    measureLatency: endpoint ? (input.measureLatency ?? false) : undefined,
    inverted: input.inverted ?? false,
    disabled: input.disabled ?? false,
    healthThreshold: input.healthThreshold,
    childHealthChecks: type === 'CALCULATED' ? (input.childHealthChecks ?? []) : undefined,
    enableSni: endpoint ? (input.enableSni ?? isHttps(type)) : undefined,
    regions: input.regions,
    alarm: input.alarm,
    insufficientDataHealthStatus:
      type === 'CLOUDWATCH_METRIC'
        ? ((input.insufficientDataHealthStatus ?? 'LastKnownStatus') as InsufficientDataHealthStatus)
        : undefined,
  };
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  ) as unknown as HealthCheckConfig;
}
