/** Waits, a turn of the event loop at a time, until `condition` holds; a clock that the test has taken over stands still meanwhile. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
