import type { Logger } from 'pino';
import { LatencyFileError, readLatencyFile } from '../atlas/latency-file.ts';
import { MeasuredLatencies, type SharedLatencies } from '../atlas/measured-latencies.ts';
import { ConfigError } from './config-error.ts';
import { watchFiles } from './file-watch.ts';

/** Keeps the measured latencies that are in use, and hands on others when the file holds them. */
export interface LatencyKeeper {
  /** For this thread; undefined when the operator has given none. */
  current(): MeasuredLatencies | undefined;
  /** Reads the file now, changed or not; when it is bad, what is in use stays, and the log says what is wrong. */
  reload(): void;
  stop(): void;
}

export interface LatencyKeeperOptions {
  readonly path: string | undefined;
  /** Called with what was read, at first and whenever it is another. */
  readonly use: (latencies: SharedLatencies) => void;
  readonly logger: Logger;
}

/** Throws `ConfigError`. */
export async function firstLatencies(path: string | undefined): Promise<SharedLatencies | undefined> {
  try {
    return path === undefined ? undefined : await readLatencyFile(path);
  } catch (error) {
    if (!(error instanceof LatencyFileError)) throw error;
    throw new ConfigError('WAYPOST_LATENCIES', error.message);
  }
}

export function keepLatencies(first: SharedLatencies | undefined, options: LatencyKeeperOptions): LatencyKeeper {
  const { path, use, logger } = options;
  if (path === undefined || first === undefined) return { current: () => undefined, reload() {}, stop() {} };
  let current: MeasuredLatencies;
  const take = (latencies: SharedLatencies): void => {
    current = new MeasuredLatencies(latencies);
    use(latencies);
    logger.info({ file: path, regions: latencies.length }, 'measured latencies are used');
  };
  take(first);
  let reading: Promise<void> = Promise.resolve();
  const read = (): void => {
    reading = reading.then(async () => {
      try {
        take(await readLatencyFile(path));
      } catch (error) {
        logger.error({ reason: (error as Error).message }, 'the new measured latencies cannot be used; the old stay');
      }
    });
  };
  const watch = watchFiles([path], read);
  return {
    current: () => current,
    reload() {
      watch.seen();
      read();
    },
    stop: () => watch.stop(),
  };
}
