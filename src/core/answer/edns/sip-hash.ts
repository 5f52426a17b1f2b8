/**
 * SipHash-2-4 (Aumasson and Bernstein), which RFC 9018 §4.4 has server cookies made with, in 32-bit halves: no BigInt, nothing allocated.
 * `key` is sixteen octets as four little-endian words; the eight octets of the hash go to `out` at `at`, little-endian as well.
 */
export function sipHash(message: Uint8Array, length: number, key: Int32Array, out: Uint8Array, at: number): void {
  const [k0l, k0h, k1l, k1h] = [key[0] as number, key[1] as number, key[2] as number, key[3] as number];
  let v0l = k0l ^ 0x70736575;
  let v0h = k0h ^ 0x736f6d65;
  let v1l = k1l ^ 0x6e646f6d;
  let v1h = k1h ^ 0x646f7261;
  let v2l = k0l ^ 0x6e657261;
  let v2h = k0h ^ 0x6c796765;
  let v3l = k1l ^ 0x79746573;
  let v3h = k1h ^ 0x74656462;
  // Whole blocks, then what is left with the length in its last octet, then four rounds without a block.
  const blocks = (length >>> 3) + 1;
  for (let block = 0; block <= blocks; block += 1) {
    const last = block === blocks;
    const from = block * 8;
    const ml = last ? 0 : littleEndian(message, from, length);
    const mh = last ? 0 : littleEndian(message, from + 4, length) | (block === blocks - 1 ? length << 24 : 0);
    v3l ^= ml;
    v3h ^= mh;
    if (last) v2l ^= 0xff;
    for (let round = last ? 4 : 2; round > 0; round -= 1) {
      let old = v0l;
      v0l = (v0l + v1l) | 0;
      v0h = (v0h + v1h + carry(old, v1l, v0l)) | 0;
      old = (v1l << 13) | (v1h >>> 19);
      v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
      v1l = old ^ v0l;
      old = v0l;
      v0l = v0h;
      v0h = old;
      old = v2l;
      v2l = (v2l + v3l) | 0;
      v2h = (v2h + v3h + carry(old, v3l, v2l)) | 0;
      old = (v3l << 16) | (v3h >>> 16);
      v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
      v3l = old ^ v2l;
      old = v0l;
      v0l = (v0l + v3l) | 0;
      v0h = (v0h + v3h + carry(old, v3l, v0l)) | 0;
      old = (v3l << 21) | (v3h >>> 11);
      v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
      v3l = old ^ v0l;
      old = v2l;
      v2l = (v2l + v1l) | 0;
      v2h = (v2h + v1h + carry(old, v1l, v2l)) | 0;
      old = (v1l << 17) | (v1h >>> 15);
      v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
      v1l = old ^ v2l;
      old = v2l;
      v2l = v2h;
      v2h = old;
    }
    v0l ^= ml;
    v0h ^= mh;
  }
  const low = v0l ^ v1l ^ v2l ^ v3l;
  const high = v0h ^ v1h ^ v2h ^ v3h;
  for (let octet = 0; octet < 4; octet += 1) {
    out[at + octet] = low >>> (8 * octet);
    out[at + 4 + octet] = high >>> (8 * octet);
  }
}

/** What the sum of two words carries into the next one. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
}

/** The four octets from `from` on; those from `end` on count as 0. */
function littleEndian(bytes: Uint8Array, from: number, end: number): number {
  let word = 0;
  for (let octet = 0; octet < 4 && from + octet < end; octet += 1) {
    word |= (bytes[from + octet] as number) << (8 * octet);
  }
  return word;
}
