/**
 * Two words that say, as good as surely, which octets these are: so that what was made of some content is not taken for another's.
 * It is no defence against who makes up octets to be mistaken: they are all of one zone's, whose keeper would deceive nobody else.
 */
export function hashContent(octets: Uint8Array, from: number, end: number, into: Int32Array): void {
  let one = 0x811c9dc5 | 0;
  let other = 0x2c1b3c6d | 0;
  for (let at = from; at < end; at += 1) {
    const octet = octets[at] as number;
    one = Math.imul(one ^ octet, 0x01000193);
    other = Math.imul((other << 5) ^ (other >>> 27) ^ octet, 0x9e3779b1);
  }
  into[0] = one ^ (one >>> 15);
  into[1] = other ^ (other >>> 13);
}
