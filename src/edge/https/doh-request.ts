/**
 * What a request for DNS over HTTPS (RFC 8484) asks, told by its head: the message itself (GET), that the message is its body (POST), or
 * which status says what is wrong with it.
 */
export interface DohHead {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
}

export type DohRead =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'body' }
  | DohRefusal;

export interface DohRefusal {
  readonly kind: 'refusal';
  readonly status: 400 | 404 | 405 | 406 | 413 | 415;
  readonly reason: string;
}

/** RFC 8484 §4.1 has it as the example that everybody took. */
export const DOH_PATH = '/dns-query';
export const DOH_MEDIA_TYPE = 'application/dns-message';
export const DOH_METHODS = 'GET, POST';
/** The longest DNS message. */
export const MESSAGE_OCTETS_MAX = 65_535;

export function readDohHead(head: DohHead): DohRead {
  const mark = head.target.indexOf('?');
  const path = mark < 0 ? head.target : head.target.slice(0, mark);
  if (path !== DOH_PATH) return refusal(404, `DNS queries go to ${DOH_PATH}`);
  if (head.method !== 'GET' && head.method !== 'POST') return refusal(405, `the methods are ${DOH_METHODS}`);
  if (!accepts(head.accept)) return refusal(406, `answers are ${DOH_MEDIA_TYPE}`);
  if (head.method === 'GET') return readParameter(mark < 0 ? '' : head.target.slice(mark + 1));
  if (mediaTypeOf(head.contentType ?? '') !== DOH_MEDIA_TYPE) return refusal(415, `queries are ${DOH_MEDIA_TYPE}`);
  return Number(head.contentLength ?? 0) > MESSAGE_OCTETS_MAX ? TOO_LARGE : { kind: 'body' };
}

export const TOO_LARGE: DohRefusal = refusal(413, `a DNS message has at most ${MESSAGE_OCTETS_MAX} octets`);
export const NOT_A_QUERY: DohRefusal = refusal(400, 'that is not a DNS query');

function refusal(status: DohRefusal['status'], reason: string): DohRefusal {
  return { kind: 'refusal', status, reason };
}

/** base64url without padding (RFC 8484 §6). */
function readParameter(query: string): DohRead {
  const parameter = query.split('&').find((each) => each.startsWith('dns='));
  if (parameter === undefined) return refusal(400, 'the parameter dns is missing');
  const text = parameter.slice('dns='.length);
  if (text.length > Math.ceil((MESSAGE_OCTETS_MAX * 4) / 3)) return TOO_LARGE;
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    return refusal(400, 'the parameter dns is not base64url without padding');
  }
  return { kind: 'message', message: Buffer.from(text, 'base64url') };
}

/** RFC 9110 §12.5.1, as far as our one media type goes: the most specific range that covers it decides. */
function accepts(accept: string | undefined): boolean {
  if (accept === undefined) return true;
  let best = -1;
  let accepted = false;
  for (const range of accept.split(',')) {
    const rank = RANGES.indexOf(mediaTypeOf(range));
    if (rank <= best) continue;
    best = rank;
    accepted = !/;\s*q\s*=\s*0(\.0*)?\s*(;|$)/i.test(range);
  }
  return accepted;
}

const RANGES = ['*/*', 'application/*', DOH_MEDIA_TYPE];

function mediaTypeOf(text: string): string {
  const end = text.indexOf(';');
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
}
