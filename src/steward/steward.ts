import type { Chore } from './chore.ts';
import type { WatchedClock } from './clock.ts';

/**
 * Looks after what time makes due: it gives commands, as anybody could, and keeps nothing in mind. So it can stop anywhere, and who
 * comes after it goes on from the state. It is one of many on the main thread and does one thing at a time.
 */
export interface Steward {
  /** Resolves when the thing that is being done is done. */
  stop(): Promise<void>;
}

export interface StewardOptions {
  readonly chores: readonly Chore[];
  readonly clock: WatchedClock;
  readonly timers: Timers;
  readonly failed: (chore: string, error: unknown) => void;
}

export interface Timers {
  /** Gives back what cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** What comes up meanwhile waits no longer, and neither does a clock that was set. */
const PAUSE_MILLISECONDS_MAX = 60_000;
/** Between rounds others have their turn. */
const PAUSE_MILLISECONDS_MIN = 1000;

export function startSteward({ chores, clock, timers, failed }: StewardOptions): Steward {
  let stopping = false;
  let cancel = (): void => {};
  let round: Promise<void> = Promise.resolve();

  const rounds = async (): Promise<void> => {
    clock.look();
    let next = clock.now() + PAUSE_MILLISECONDS_MAX;
    for (const chore of chores) {
      if (stopping) return;
      try {
        next = Math.min(next, (await chore.round(() => stopping)) ?? next);
      } catch (error) {
        failed(chore.name, error);
      }
    }
    if (stopping) return;
    const pause = Math.min(Math.max(next - clock.now(), PAUSE_MILLISECONDS_MIN), PAUSE_MILLISECONDS_MAX);
    cancel = timers.after(pause, begin);
  };
  const begin = (): void => {
    round = rounds();
  };
  begin();
  return {
    stop() {
      stopping = true;
      cancel();
      return round;
    },
  };
}
