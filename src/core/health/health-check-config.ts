/**
 * What a health check is told to do, as its owner wrote it, with Route 53's defaults filled in. Which members a type may have is
 * judged by core/control; here they are only read.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
 */
export interface HealthCheckConfig {
  readonly type: HealthCheckType;
  /** Absent for a check by name, which looks the name up before each probe. */
  readonly ipAddress?: string;
  readonly port?: number;
  readonly resourcePath?: string;
  readonly fullyQualifiedDomainName?: string;
  readonly searchString?: string;
  /** 10 or 30; what goes beyond is said in tags (extensions.ts). */
  readonly requestIntervalSeconds?: number;
  /** Results in a row that change a checker's verdict, 1 to 10. */
  readonly failureThreshold?: number;
  readonly measureLatency?: boolean;
  readonly inverted: boolean;
  readonly disabled: boolean;
  /** Healthy children that make a calculated check healthy. */
  readonly healthThreshold?: number;
  readonly childHealthChecks?: readonly string[];
  readonly enableSni?: boolean;
  /** Regions whose checkers check; all of them when absent. */
  readonly regions?: readonly string[];
  readonly alarm?: AlarmIdentifier;
  readonly insufficientDataHealthStatus?: InsufficientDataHealthStatus;
}

const ENDPOINT_TYPES = ['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP'] as const;

export type EndpointType = (typeof ENDPOINT_TYPES)[number];

export type HealthCheckType = EndpointType | 'CALCULATED' | 'CLOUDWATCH_METRIC';

export type InsufficientDataHealthStatus = 'Healthy' | 'Unhealthy' | 'LastKnownStatus';

/** A CloudWatch alarm, whose metric is followed. */
export interface AlarmIdentifier {
  readonly region: string;
  readonly name: string;
}

/** Route 53's own checkers stand in these; a member's checkers may also have names of their own. */
export const ROUTE53_CHECKER_REGIONS: readonly string[] = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
];

export function isEndpointType(type: string): type is EndpointType {
  return (ENDPOINT_TYPES as readonly string[]).includes(type);
}

export function isHttps(type: string): boolean {
  return type === 'HTTPS' || type === 'HTTPS_STR_MATCH';
}

export function searchesBody(type: string): boolean {
  return type === 'HTTP_STR_MATCH' || type === 'HTTPS_STR_MATCH';
}
