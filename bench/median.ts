/** The middle of the values; of an even number of them, halfway between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/**
 * The interval that holds the median of what the values are a sample of, nine times in ten. By order statistics: whatever their
 * distribution, each value is above the true median with probability ½, so the number of those below it is binomial.
 */
export function medianInterval(values: readonly number[]): readonly [low: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let probability = 2 ** -count;
  let below = probability;
  let rank = 0;
  // The highest rank from which at most one time in twenty the median lies below, and by symmetry above.
  while (below <= 0.05 && rank < count >> 1) {
    rank += 1;
    probability *= (count - rank + 1) / rank;
    below += probability;
  }
  const low = Math.max(rank - 1, 0);
  return [sorted[low] as number, sorted[count - 1 - low] as number];
}
