import { EXTENDED_ERROR } from '../dns/edns.ts';
import { RCODE } from '../dns/record-type.ts';

/** What an answer says of itself beside its records. */
export interface Outcome {
  /** All twelve bits; those of the plan come on top. */
  readonly rcode: number;
  /** Why (RFC 8914 §2: info code and text), where that helps somebody. */
  readonly extendedError: Uint8Array | undefined;
}

/** All is in the plan. */
export const ANSWERED = outcome(RCODE.NOERROR);
export const MALFORMED = outcome(RCODE.FORMERR);
export const BAD_VERSION = outcome(RCODE.BADVERS);
/** Another opcode; with OPT when there was one, since RFC 6891 §6.1.1 makes no difference between opcodes. */
export const NOT_IMPLEMENTED = outcome(RCODE.NOTIMP);
/** Above its rate, to a client that does cookies: it comes again with the one that is in this answer. */
export const BAD_COOKIE = outcome(RCODE.BADCOOKIE);
/** The name is in none of our zones: most often a delegation that outlived its zone. */
export const NOT_AUTHORITATIVE = outcome(RCODE.REFUSED, EXTENDED_ERROR.NOT_AUTHORITATIVE);
/** We could, but not for this client or not by this way. */
export const PROHIBITED = outcome(RCODE.REFUSED, EXTENDED_ERROR.PROHIBITED);
/** Types and classes that no zone of ours can have. */
export const NOT_SUPPORTED = outcome(RCODE.REFUSED, EXTENDED_ERROR.NOT_SUPPORTED);
/** NXNAME says in an NSEC that there is no name; it has no data to ask for (RFC 9824 §3.5). */
export const NO_QUERY_TYPE = outcome(RCODE.FORMERR, EXTENDED_ERROR.INVALID_QUERY_TYPE);
/** The zone is signed, and nobody here can: another of its servers may. */
export const CANNOT_SIGN = outcome(RCODE.SERVFAIL, EXTENDED_ERROR.NOT_READY, 'the key of the zone is not to be had');
/** More was asked that must be signed first than there is time for. */
export const TOO_MUCH_TO_SIGN = outcome(RCODE.SERVFAIL, EXTENDED_ERROR.NOT_READY, 'too much to sign at once');
/** The zone is ours, but has not been transferred yet or has expired. */
export const WITHHELD = outcome(RCODE.SERVFAIL, EXTENDED_ERROR.INVALID_DATA);
/** An alias leads to a host outside that has not been resolved yet, or could not be. An empty answer would be kept for true. */
export const UNRESOLVED_HOST = outcome(
  RCODE.SERVFAIL,
  EXTENDED_ERROR.NO_REACHABLE_AUTHORITY,
  'the alias target could not be resolved',
);
/** The operator's only hint, since the zone is right. Texts are 64 octets at most: see SERVER_ID_OCTETS_MAX. */
export const TOO_LARGE = outcome(RCODE.SERVFAIL, EXTENDED_ERROR.OTHER, 'the record set is larger than a DNS message');

function outcome(rcode: number, infoCode?: number, text = ''): Outcome {
  if (infoCode === undefined) return { rcode, extendedError: undefined };
  const octets = Array.from(text, (character) => character.charCodeAt(0));
  return { rcode, extendedError: Uint8Array.of(infoCode >> 8, infoCode & 255, ...octets) };
}
