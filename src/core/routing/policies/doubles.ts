/** Numbers with a fraction among a policy's words: two words each, exactly. */
export const DOUBLE_WORDS = 2;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

export function wordsOfDouble(value: number): number[] {
  double[0] = value;
  return [...halves];
}

export function doubleAt(words: Int32Array, at: number): number {
  halves[0] = words[at] as number;
  halves[1] = words[at + 1] as number;
  return double[0] as number;
}
