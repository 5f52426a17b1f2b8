/**
 * A keyed hash of a client's network: words of its address up to `bits`, mixed as MurmurHash3 does. `client` is an address of four or
 * sixteen octets. Who does not know the seed cannot choose networks that share a hash.
 */
export function networkHash(seed: number, client: Uint8Array, bits: number): number {
  let hash = seed;
  for (let at = 0; at * 8 < bits; at += 4) {
    const word =
      ((client[at] as number) << 24) |
      ((client[at + 1] as number) << 16) |
      ((client[at + 2] as number) << 8) |
      (client[at + 3] as number);
    const left = bits - at * 8;
    hash = mixed(hash, left >= 32 ? word : word >>> (32 - left));
  }
  hash = Math.imul(mixed(hash, client.length) ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixed(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const next = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
