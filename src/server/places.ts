import type { Logger } from 'pino';
import { Atlas, AtlasError } from '../atlas/atlas.ts';
import { ATTRIBUTION, packagedDatabases, readDatabases } from '../atlas/database-files.ts';
import { tables } from '../core/control/tables.ts';
import type { Log } from '../log/log.ts';
import { watchFiles } from './file-watch.ts';

/**
 * Loads location databases when the first record set needs clients to be placed, since they take some hundred megabytes that most
 * members have no use for, and again when the operator says so.
 */
export interface PlacesLoader {
  /** To be called after each commit: whether a database is needed now costs one look. */
  committed(): void;
  /** What was loaded last, if anything was. */
  atlas(): Atlas | undefined;
  /** Whether clients are placed, or need not be. */
  ready(): boolean;
  /** Resolves when what was needed at the start is loaded, or cannot be. */
  settled(): Promise<void>;
  /** Reads the files again; when one cannot be read, the old ones stay. They are also read when they change by themselves. */
  reload(): void;
  stop(): void;
}

export interface PlacesOptions {
  readonly log: Log;
  /** Called with what was read. */
  readonly use: (databases: readonly SharedArrayBuffer[]) => void;
  readonly logger: Logger;
  /** The operator's own; none for those that come with Waypost. */
  readonly paths: readonly string[];
}

export function placesLoader({ log, use, logger, paths }: PlacesOptions): PlacesLoader {
  let atlas: Atlas | undefined;
  let state: 'unneeded' | 'loading' | 'loaded' | 'failed' = 'unneeded';
  let reading: Promise<void> = Promise.resolve();

  const load = async (): Promise<void> => {
    const files = paths.length > 0 ? paths : packagedDatabases();
    if (files.length === 0) {
      state = 'failed';
      logger.warn('record sets are routed by place, and there is no location database: set WAYPOST_GEO_DATABASE');
      return;
    }
    try {
      const databases = await readDatabases(files);
      use(databases);
      atlas = new Atlas(databases.map((database) => new Uint8Array(database)));
      state = 'loaded';
      logger.info({ files, ...(paths.length > 0 ? {} : { attribution: ATTRIBUTION }) }, 'clients are placed');
    } catch (error) {
      if (!(error instanceof AtlasError)) throw error;
      if (state === 'loading') state = 'failed';
      logger.error({ reason: error.message }, 'a location database cannot be used; those in use stay');
    }
  };

  /** One after the other: the files that were asked for last are in use at the end. */
  const read = (): void => {
    reading = reading.then(load).catch((error: unknown) => {
      if (state === 'loading') state = 'failed';
      logger.error({ err: error }, 'reading location databases failed');
    });
  };
  const again = (): void => {
    if (state !== 'unneeded') read();
  };
  const watch = watchFiles(paths, again);
  const loader: PlacesLoader = {
    committed() {
      if (state !== 'unneeded' || log.view().range(tables.placedSets, { limit: 1 }).length === 0) return;
      state = 'loading';
      read();
    },
    atlas: () => atlas,
    ready: () => state !== 'loading',
    settled: () => reading,
    reload() {
      watch.seen();
      again();
    },
    stop: () => watch.stop(),
  };
  loader.committed();
  return loader;
}
