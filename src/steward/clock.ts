/** The time of day, which somebody may set, and time that only passes. Milliseconds; the second from any moment. */
export interface Clock {
  now(): number;
  elapsed(): number;
}

/** More than the clock services of hosts correct while they run. */
const JUMP_MILLISECONDS = 30_000;
/** After so long nothing is remembered anywhere from before a jump: longer than any step of a rollover waits. */
const DOUBTED_MILLISECONDS = 9 * 86_400_000;

/**
 * Notices that the clock was set, by looking again and again. What has to wait until others have forgotten something must not go by a
 * clock that ran ahead: for it time passes here no faster than it really does.
 */
export class WatchedClock {
  readonly #clock: Clock;
  readonly #jumped: (milliseconds: number) => void;
  #last: { readonly now: number; readonly elapsed: number };
  /** By how much the clock is doubted, and until when. */
  #doubt = 0;
  #doubtedUntil = 0;

  constructor(clock: Clock, jumped: (milliseconds: number) => void) {
    this.#clock = clock;
    this.#jumped = jumped;
    this.#last = { now: clock.now(), elapsed: clock.elapsed() };
  }

  now(): number {
    return this.#clock.now();
  }

  /** What time it is at the earliest. */
  nowAtLeast(): number {
    return this.#clock.now() - (this.#clock.elapsed() < this.#doubtedUntil ? this.#doubt : 0);
  }

  look(): void {
    const last = this.#last;
    this.#last = { now: this.#clock.now(), elapsed: this.#clock.elapsed() };
    const jump = this.#last.now - last.now - (this.#last.elapsed - last.elapsed);
    if (Math.abs(jump) < JUMP_MILLISECONDS) return;
    const before = this.#last.elapsed < this.#doubtedUntil ? this.#doubt : 0;
    this.#doubt = Math.max(0, before + jump);
    this.#doubtedUntil = this.#doubt > 0 ? this.#last.elapsed + DOUBTED_MILLISECONDS : 0;
    this.#jumped(jump);
  }
}
