import { TYPE } from '../../core/dns/record-type.ts';
import { WireReader } from '../../core/dns/wire-reader.ts';

/**
 * For how many seconds a cache may keep an answer of ours (RFC 8484 §5.1): the smallest TTL of its answer section; without one, what
 * its SOA says of negative answers (RFC 2308 §5); otherwise none, since referrals and errors are not for HTTP's caches.
 */
export function freshnessSeconds(response: Uint8Array): number {
  const wire = new WireReader(response);
  wire.skip(4);
  const [questions, answers, authorities] = [wire.u16(), wire.u16(), wire.u16()];
  wire.skip(2);
  for (let left = questions; left > 0; left -= 1) {
    wire.skipName();
    wire.skip(4);
  }
  let least = Number.POSITIVE_INFINITY;
  for (let left = answers > 0 ? answers : authorities; left > 0; left -= 1) {
    wire.skipName();
    const type = wire.u16();
    wire.skip(2);
    const ttlSeconds = wire.u32();
    const octets = wire.u16();
    wire.skip(octets);
    if (answers > 0) least = Math.min(least, ttlSeconds);
    else if (type === TYPE.SOA) least = Math.min(ttlSeconds, minimumOf(response, wire.position));
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}

/** The last field of an SOA that ends at `end`. */
function minimumOf(response: Uint8Array, end: number): number {
  return new WireReader(response.subarray(end - 4, end)).u32();
}
