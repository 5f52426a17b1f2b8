import { AwsError } from '../aws-error.ts';

/** The deepest request nests eight levels. */
const DEPTH_MAX = 24;

const LIST = 4;
const MAP = 5;
const TAG = 6;
const SIMPLE = 7;
const BREAK = 0xff;
const INDEFINITE = 31;
/** Seconds since the epoch (RFC 8949 §3.4.2). The decoder knows big numbers, too, which take as long as they like. */
const EPOCH_TAG = 1;

/**
 * Goes through the items of a body once, before the decoder does: it makes room for as many as a list says it has. Throws `AwsError`
 * for what is no CBOR, for lists and maps that end before they have what they promise, for more depth than any request has and for
 * tags other than that of time.
 */
export function checkCbor(octets: Uint8Array): void {
  /** How many items each open list, map or tag still waits for; infinitely many until a break. */
  const open: number[] = [1];
  let at = 0;
  while (open.length > 0) {
    if (at >= octets.length) throw notCbor('it ends too early');
    const initial = octets[at] as number;
    const last = open.length - 1;
    if (initial === BREAK) {
      if (open[last] !== Infinity) throw notCbor('a break where none may be');
      at += 1;
      open.pop();
    } else {
      const { items, next } = itemAt(octets, at);
      at = next;
      open[last] = (open[last] as number) - 1;
      if (items > 0) open.push(items);
      if (open.length > DEPTH_MAX) throw notCbor(`it is nested deeper than ${DEPTH_MAX}`);
    }
    while (open.at(-1) === 0) open.pop();
  }
  if (at !== octets.length) throw notCbor('something stands behind it');
}

/** How many items an item contains, and where it ends without them. */
function itemAt(octets: Uint8Array, at: number): { items: number; next: number } {
  const initial = octets[at] as number;
  const major = initial >> 5;
  const minor = initial & 0x1f;
  const indefinite = minor === INDEFINITE;
  if (indefinite && major !== LIST && major !== MAP) throw notCbor('text in pieces');
  const argumentOctets = minor < 24 || indefinite ? 0 : minor < 28 ? 2 ** (minor - 24) : reserved();
  const next = at + 1 + argumentOctets;
  if (next > octets.length) throw notCbor('it ends too early');
  if (major < 2 || major === SIMPLE) return { items: 0, next };
  if (indefinite) return { items: Infinity, next };
  let argument = minor;
  if (argumentOctets > 0) {
    argument = 0;
    for (let place = at + 1; place < next; place += 1) argument = argument * 256 + (octets[place] as number);
  }
  if (major === TAG) {
    if (argument !== EPOCH_TAG) throw notCbor(`the tag ${argument} is not supported`);
    return { items: 1, next };
  }
  if (argument > octets.length - next) throw notCbor('it ends too early');
  if (major < LIST) return { items: 0, next: next + argument };
  return { items: major === MAP ? argument * 2 : argument, next };
}

function reserved(): never {
  throw notCbor('a length of a kind that does not exist');
}

function notCbor(why: string): AwsError {
  return new AwsError('SerializationException', `The request body is not CBOR that is understood: ${why}.`);
}
