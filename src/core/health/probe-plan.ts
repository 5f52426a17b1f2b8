import { parseIpv4, printIpv4, printIpv6 } from '../dns/ip-address.ts';
import { parseAddress } from './address-rules.ts';
import type { CodeRange, Extensions } from './extensions.ts';
import { isHttps, searchesBody, type EndpointType, type HealthCheckConfig } from './health-check-config.ts';

/** What a checker does for one check, worked out once: what is probed, how, how often and when it has failed. */
export interface ProbePlan {
  /** The address to connect to, or the name whose A records give it. */
  readonly target: { readonly address: string } | { readonly name: string };
  readonly port: number;
  /** Absent: the connection is the whole probe. */
  readonly http?: HttpPlan;
  /** Absent: no TLS. */
  readonly tls?: { readonly serverName?: string };
  readonly intervalMilliseconds: number;
  readonly failureThreshold: number;
  readonly timeouts: ProbeTimeouts;
  readonly failBackDelayMilliseconds: number;
}

export interface HttpPlan {
  /** The whole request, ready to be sent. */
  readonly request: string;
  /** A response to HEAD has no body, whatever its headers say (RFC 9110 §9.3.2). */
  readonly bodiless: boolean;
  readonly codes: readonly CodeRange[];
  /** What the body must hold. */
  readonly search?: string;
}

export interface ProbeTimeouts {
  readonly lookupMilliseconds: number;
  readonly connectMilliseconds: number;
  /** From the connection to the end of the response's head. */
  readonly statusMilliseconds: number;
  /** From there to the search string. */
  readonly bodyMilliseconds: number;
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
const TCP_CONNECT_MILLISECONDS = 10_000;
const HTTP_CONNECT_MILLISECONDS = 4_000;
const STATUS_MILLISECONDS = 2_000;
const BODY_MILLISECONDS = 2_000;
/** Route 53 does not say how long it waits; longer than a resolver's own patience helps nobody. */
const LOOKUP_MILLISECONDS = 4_000;

export const DEFAULT_INTERVAL_SECONDS = 30;
export const DEFAULT_FAILURE_THRESHOLD = 3;
const PASSING_CODES: readonly CodeRange[] = [{ first: 200, last: 399 }];

/** Firewalls and logs look for Route 53's name in the agent; the reference says which check it was. */
const AGENT = 'Amazon-Route53-Health-Check-Service';

/** Throws for a check that has no endpoint. */
export function probePlan(id: string, config: HealthCheckConfig, extensions: Extensions): ProbePlan {
  const type = config.type as EndpointType;
  const port = config.port ?? defaultPort(type);
  if (port === undefined) throw new Error(`a ${type} check has no endpoint`);
  const name = config.fullyQualifiedDomainName?.replace(/\.$/, '');
  const seconds = extensions.intervalSeconds ?? config.requestIntervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  const phase = (milliseconds: number): number =>
    Math.min(milliseconds, (extensions.timeoutSeconds ?? Infinity) * 1000);
  return {
    target: config.ipAddress === undefined ? { name: name ?? '' } : { address: canonicalAddress(config.ipAddress) },
    port,
    ...(type === 'TCP' ? {} : { http: httpPlan(id, config, extensions, hostHeader(type, config, name, port)) }),
    ...(isHttps(type) ? { tls: serverName(config, name) } : {}),
    intervalMilliseconds: seconds * 1000,
    failureThreshold: config.failureThreshold ?? DEFAULT_FAILURE_THRESHOLD,
    timeouts: {
      lookupMilliseconds: phase(LOOKUP_MILLISECONDS),
      connectMilliseconds: phase(type === 'TCP' ? TCP_CONNECT_MILLISECONDS : HTTP_CONNECT_MILLISECONDS),
      statusMilliseconds: phase(STATUS_MILLISECONDS),
      bodyMilliseconds: phase(BODY_MILLISECONDS),
    },
    failBackDelayMilliseconds: (extensions.failBackDelaySeconds ?? 0) * 1000,
  };
}

/** The port of a check that names none; undefined where one must be named. */
export function defaultPort(type: string): number | undefined {
  if (isHttps(type)) return 443;
  return type === 'HTTP' || type === 'HTTP_STR_MATCH' ? 80 : undefined;
}

/** In the one form of RFC 5952, whichever way it was written. */
function canonicalAddress(text: string): string {
  const octets = parseAddress(text);
  if (octets === undefined) throw new Error(`${text} is no address`);
  return octets.length === 4 ? printIpv4(octets) : printIpv6(octets);
}

/** The name goes without its dot, an IPv6 address in brackets, and the port where it is not the scheme's own. */
function hostHeader(type: EndpointType, config: HealthCheckConfig, name: string | undefined, port: number): string {
  const address = config.ipAddress ?? '';
  const host =
    name ?? (parseIpv4(address) === undefined ? `[${canonicalAddress(address)}]` : canonicalAddress(address));
  return port === defaultPort(type) ? host : `${host}:${port}`;
}

/** RFC 6066 §3 has no addresses in the server name. */
function serverName(config: HealthCheckConfig, name: string | undefined): { readonly serverName?: string } {
  if (config.enableSni === false || name === undefined || parseAddress(name) !== undefined) return {};
  return { serverName: name };
}

function httpPlan(id: string, config: HealthCheckConfig, extensions: Extensions, host: string): HttpPlan {
  const method = extensions.method ?? 'GET';
  const headers: (readonly [string, string])[] = [
    ['Host', host],
    ['User-Agent', `${AGENT} (ref ${id}; Waypost)`],
    ['Accept', '*/*'],
    ['Connection', 'close'],
    // RFC 9110 §8.6: methods that mean a body say that there is none.
    ...(['POST', 'PUT', 'PATCH'].includes(method) ? [['Content-Length', '0'] as const] : []),
  ];
  for (const [name, value] of extensions.headers ?? []) {
    const place = headers.findIndex(([known]) => known.toLowerCase() === name.toLowerCase());
    if (place >= 0) headers[place] = [name, value];
    else headers.push([name, value]);
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    request: `${method} ${requestTarget(config.resourcePath)} HTTP/1.1\r\n${lines.join('')}\r\n`,
    bodiless: method === 'HEAD',
    codes: extensions.codes ?? PASSING_CODES,
    ...(searchesBody(config.type) ? { search: config.searchString ?? '' } : {}),
  };
}

/** With its slash, and with whatever a request line cannot hold escaped. */
function requestTarget(path = '/'): string {
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return rooted.replace(/[^\x21-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed()));
}
