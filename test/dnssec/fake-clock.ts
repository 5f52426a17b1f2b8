import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's libfaketime, told by a file what time it is. The loader knows what `$LIB` is. */
const LIBRARY = '/usr/$LIB/faketime/libfaketimeMT.so.1';
export const FAKETIME = '/usr/bin/faketime';

/**
 * A clock that runs as the real one does, but ahead of it: for all programs that are started in its environment. The clock that only
 * passes is ahead as much, so that nobody can tell.
 */
export class FakeClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #directory = mkdtempSync(join(tmpdir(), 'waypost-clock-'));
  #ahead = 0;

  constructor() {
    this.environment = {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      NO_FAKE_STAT: '1',
    };
    this.advance(0);
  }

  /** For programs that would wait for what never comes when the clock that only passes is set, too. */
  get timeOfDay(): Readonly<Record<string, string>> {
    return { ...this.environment, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  }

  get #file(): string {
    return join(this.#directory, 'offset');
  }

  /** Seconds. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Sets it ahead, at once for all. */
  advance(seconds: number): void {
    this.#ahead += seconds;
    const next = `${this.#file}.next`;
    writeFileSync(next, `+${this.#ahead}\n`);
    // A reader must not meet a file that is half written.
    renameSync(next, this.#file);
  }

  discard(): void {
    rmSync(this.#directory, { recursive: true });
  }
}
