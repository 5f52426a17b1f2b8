import { STATUS_CODES } from 'node:http';

/** What one probe found. */
export interface Outcome {
  /** Undefined: this checker could not try, which says nothing about the endpoint. */
  readonly passed: boolean | undefined;
  /** For GetHealthCheckStatus. Where Route 53's own words are known they are these, because scripts compare them. */
  readonly words: string;
  /** The checker's address, once connected. */
  readonly from: string | undefined;
  readonly timings: Timings | undefined;
}

/** Since the phase before; absent where the probe did not get that far. */
export interface Timings {
  readonly connectMilliseconds: number;
  readonly handshakeMilliseconds?: number;
  readonly firstOctetMilliseconds?: number;
}

export const CONNECTION_TIMED_OUT =
  'Connection timed out. The endpoint or the internet connection is down, or requests are being blocked by your firewall. ' +
  'See Configuring Router and Firewall Rules for Amazon Route 53 Health Checks.';
export const CONNECTION_CLOSED = 'The connection was closed by the endpoint.';
export const CONNECTION_REFUSED = 'The endpoint refused the connection.';
export const STATUS_TIMED_OUT = 'The endpoint did not answer with an HTTP status code within the timeout limit.';
export const NOT_HTTP = 'The endpoint did not answer in HTTP.';
export const HEADERS_TOO_LARGE = 'The response headers are larger than 16,384 bytes.';
export const SEARCH_TIMED_OUT = 'The search string was not found within the timeout limit.';
export const SEARCH_NOT_FOUND = 'The search string was not found in the first 5,120 bytes of the response body.';

export function statusWords(code: number): string {
  const phrase = STATUS_CODES[code];
  return phrase === undefined ? `HTTP Status Code ${code}` : `HTTP Status Code ${code}, ${phrase}`;
}

/** Errors of this host that have run out of something: they say nothing about the endpoint. */
const OWN_TROUBLE = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN'];

export function isOwnTrouble(error: NodeJS.ErrnoException): boolean {
  return OWN_TROUBLE.includes(error.code ?? '');
}

export function errorWords(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  if (code === 'ECONNREFUSED') return CONNECTION_REFUSED;
  if (code === 'ECONNRESET' || code === 'EPIPE') return CONNECTION_CLOSED;
  if (code === 'ETIMEDOUT') return CONNECTION_TIMED_OUT;
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return tlsWords(code, error.message);
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return 'The endpoint cannot be reached: there is no route to it.';
  return `The connection failed (${code === '' ? error.message : code}).`;
}

/** `ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE` is Route 53's `SSL alert handshake_failure`. */
function tlsWords(code: string, message: string): string {
  const alert = /ALERT_(?:NUMBER_)?([A-Z0-9_]+)$/.exec(code)?.[1];
  return alert === undefined ? `The TLS handshake failed (${code || message}).` : `SSL alert ${alert.toLowerCase()}`;
}
