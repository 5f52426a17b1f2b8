/** Pairs of numbers among a policy's words, found by the first of each: how many there are, then the pairs in order. */
export function sortedPairs(pairs: Iterable<readonly [number, number]>): number[] {
  const sorted = [...pairs].toSorted(([a], [b]) => a - b);
  return [sorted.length, ...sorted.flat()];
}

/** The second number of the pair whose first it is, or -1. */
export function inPairs(words: Int32Array, at: number, wanted: number): number {
  let low = 0;
  let high = words[at] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const pair = at + 1 + middle * 2;
    const first = words[pair] as number;
    if (first === wanted) return words[pair + 1] as number;
    if (first < wanted) low = middle + 1;
    else high = middle;
  }
  return -1;
}
