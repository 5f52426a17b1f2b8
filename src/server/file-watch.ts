import { statSync } from 'node:fs';

/** Looks at files from time to time, and says when one has changed. */
export interface FileWatch {
  /** The files were read for another reason: what they are now is no news. */
  seen(): void;
  stop(): void;
}

/** What operators replace, they replace rarely, and well before it matters. */
const EVERY_MILLISECONDS = 10_000;

/**
 * Calls `changed` when a file, or what a link on the way to it points to, was replaced or written. By looking, because tools replace
 * files, links or whole directories, and not all file systems say so.
 */
export function watchFiles(
  paths: readonly string[],
  changed: () => void,
  everyMilliseconds: number = EVERY_MILLISECONDS,
): FileWatch {
  let state = stateOf(paths);
  const timer = setInterval(() => {
    const now = stateOf(paths);
    if (now === state) return;
    state = now;
    changed();
  }, everyMilliseconds);
  timer.unref();
  return {
    seen() {
      state = stateOf(paths);
    },
    stop: () => clearInterval(timer),
  };
}

function stateOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'missing' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join(', ');
}
