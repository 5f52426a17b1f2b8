import { Atlas, AtlasError } from '../atlas/atlas.ts';
import { packagedDatabases, readDatabases } from '../atlas/database-files.ts';
import { MeasuredLatencies } from '../atlas/measured-latencies.ts';
import { createOutsideTable, OutsideTable } from '../core/answer/routed/outside-table.ts';
import { tables } from '../core/control/tables.ts';
import { OUTSIDE_TARGETS_EVER_MAX, OUTSIDE_TARGETS_MAX } from '../core/control/outside-targets.ts';
import type { View } from '../core/control/view.ts';
import { Feed } from '../feed/feed.ts';
import { readStatusFile } from '../feed/status-file.ts';
import { createStatusTable, StatusTable } from '../feed/status-table.ts';
import type { AnswerPoint } from '../operator/explain.ts';
import { openOutsideHosts } from '../resolve/outside-hosts.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { firstLatencies } from './latencies.ts';

/**
 * What a member would answer by if it were started on this data now: the last statuses that one left, the location databases where a
 * record set needs them, and the measured latencies. Throws `ConfigError`.
 */
export async function lastKnownPoint(config: Config, view: View): Promise<AnswerPoint> {
  const latencies = await firstLatencies(config.latenciesFile);
  return {
    statuses: lastStatuses(config.dataDirectory, view),
    places: await placesOf(config, view),
    outside: lastOutside(config.dataDirectory, view),
    latencies: latencies && new MeasuredLatencies(latencies),
  };
}

/** As a member begins that has no resolver. */
function lastOutside(directory: string, view: View): OutsideTable {
  const memory = createOutsideTable(OUTSIDE_TARGETS_EVER_MAX, OUTSIDE_TARGETS_MAX);
  const hosts = openOutsideHosts({
    directory,
    memory,
    resolvers: undefined,
    view: () => view,
    onFailing() {},
    onRecovered() {},
    onWarning() {},
  });
  void hosts.close();
  return new OutsideTable(memory);
}

const CHECKS_AT_ONCE = 1000;

/** As the checkers' thread begins: by what was found before, with what is inverted, disabled and calculated worked out. */
function lastStatuses(directory: string, view: View): Uint8Array {
  const used = view.get(tables.counters, ['health-checks-ever']) ?? 0;
  const [statuses, found] = [createStatusTable(used), createStatusTable(used)];
  readStatusFile(directory, new StatusTable(found));
  const feed = new Feed({
    statuses: new StatusTable(statuses),
    found: new StatusTable(found),
    onStatus() {},
    onFound() {},
  });
  for (let from = ''; ;) {
    const rows = view.range(tables.healthChecks, { from: [from], limit: CHECKS_AT_ONCE });
    for (const { value } of rows) {
      const { id, index, config } = value;
      feed.watch({ id, index, config, failBackDelayMilliseconds: 0, silenceMilliseconds: 0 }, 0);
    }
    const last = rows.at(-1)?.value.id;
    if (last === undefined || rows.length < CHECKS_AT_ONCE) return new Uint8Array(statuses);
    from = `${last}\0`;
  }
}

async function placesOf({ geoDatabases }: Config, view: View): Promise<Atlas | undefined> {
  if (view.range(tables.placedSets, { limit: 1 }).length === 0) return undefined;
  const files = geoDatabases.length > 0 ? geoDatabases : packagedDatabases();
  if (files.length === 0) return undefined;
  try {
    return new Atlas((await readDatabases(files)).map((database) => new Uint8Array(database)));
  } catch (error) {
    if (!(error instanceof AtlasError)) throw error;
    throw new ConfigError('WAYPOST_GEO_DATABASE', error.message);
  }
}
