import { renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

export interface KeptFileOptions {
  readonly path: string;
  /** The least time between two writes. */
  readonly millisecondsMin: number;
  /** What the file is to say now. */
  readonly text: () => string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * A small file that is kept as memory is, for what a restart should find again and a crash may lose: written soon after a change, at
 * most so often, whole or not at all, and not synced.
 */
export class KeptFile {
  readonly #options: KeptFileOptions;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #changed = false;

  constructor(options: KeptFileOptions) {
    this.#options = options;
  }

  changed(): void {
    this.#changed = true;
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.#changed) this.changed();
      }, this.#options.millisecondsMin);
      this.#timer.unref();
    });
  }

  /** Writes what has not been written. */
  async close(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    if (!this.#changed) return;
    const { path, onFailure } = this.#options;
    try {
      writeFileSync(`${path}.new`, this.#options.text(), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      onFailure(error);
    }
  }

  async #write(): Promise<void> {
    // What changes while one turn of the event loop lasts goes together.
    await new Promise(setImmediate);
    const { path, onFailure } = this.#options;
    const text = this.#options.text();
    this.#changed = false;
    try {
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      onFailure(error);
    }
  }
}
