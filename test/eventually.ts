const LOOK_MILLISECONDS = 100;
/** Ends what hangs, before the limit of the test does. */
const LONG_SECONDS = 240;

/** Waits until `look` says what is expected, looking again and again; the last thing seen is in the error. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  isGood: (seen: T) => boolean,
  secondsMax = LONG_SECONDS,
): Promise<T> {
  const until = performance.now() + secondsMax * 1000;
  for (;;) {
    const seen = await look();
    if (isGood(seen)) return seen;
    if (performance.now() > until) throw new Error(`${what}: not within ${secondsMax} s, but ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
}
