import type { RateLimitSettings } from './rate-limit.ts';

/** What an operator decides about answers. Plain data: it goes to every worker. */
export interface AnswerSettings {
  /** The largest UDP answer we send, and what our OPT record says (RFC 6891 §6.2.3). */
  readonly udpBytesMax: number;
  /** This server's name for those who ask by NSID or CHAOS `id.server`; nobody is told an empty one. */
  readonly serverId: string;
  /** What CHAOS `version.server` is answered with; nobody is told an empty one. */
  readonly serverVersion: string;
  /** Sixteen octets each; the first makes cookies, all are accepted. With none there are no cookies. */
  readonly cookieSecrets: readonly Uint8Array[];
  /** For each listener the key of the name-server set that its address belongs to, if it belongs to one alone. */
  readonly listenerSets: readonly (string | undefined)[];
  /** Undefined: no limit. */
  readonly rateLimit: RateLimitSettings | undefined;
  /** After this long without a query a TCP connection is closed; clients that ask are told (RFC 7828). */
  readonly tcpIdleMilliseconds: number;
}

/** With these, no answer has an option that depends on its client or its server. */
export const PLAIN_ANSWERS: AnswerSettings = {
  udpBytesMax: 1232,
  serverId: '',
  serverVersion: '',
  cookieSecrets: [],
  listenerSets: [],
  rateLimit: undefined,
  // RFC 7766 §6.2.3 asks for "a few seconds"; resolvers that keep connections ask again within ten.
  tcpIdleMilliseconds: 10_000,
};

/**
 * Longest server id. An answer without records must fit the 512 octets that every client takes: header and question 271 at most,
 * OPT 11, NSID 4 + 64, COOKIE 28, CLIENT-SUBNET 24, an extended error 6.
 */
export const SERVER_ID_OCTETS_MAX = 64;
