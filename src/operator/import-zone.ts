import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../core/control/lanes.ts';
import { isRefusal, type Refusal } from '../core/control/operation.ts';
import { tables, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { HostedZoneCreated } from '../core/control/hosted-zones/create-hosted-zone.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import type { Accepted } from '../log/submit.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { checkImport, type CheckedImport, type ImportCounts } from './check-import.ts';
import { fileNames } from './file-names.ts';
import { findHostedZone, isZoneId, OperatorError, zoneNameOf } from './find-zone.ts';
import { planImport, type ImportRules, type Planned, type PlannedName } from './plan-import.ts';
import type { Progress } from './progress.ts';
import type { Reached } from './reach.ts';
import { readZoneFile, type ZoneFile } from './read-zone-file.ts';
import { RecordSort } from './record-sort.ts';
import { stageWholeZone } from './stage-whole-zone.ts';
import { ZoneProblems } from './zone-problems.ts';
import { zoneToBe } from './zone-to-be.ts';

/**
 * `waypost zone import`: makes a hosted zone what a zone file says.
 *
 * The file is read once, record by record, into the order of the store (record-sort.ts). Then zone and file are walked through
 * together (plan-import.ts), and every rule of the API is asked (check-import.ts): if anything is wrong, all of it is told with its
 * lines, and nothing is changed. What is to be changed goes to the log: in one change if it fits, else as a whole new version of the
 * zone beside the old one, which then takes its place (stage-whole-zone.ts). So nobody ever sees half an import, whatever happens to
 * this process.
 *
 * No more of the file is in memory than a sort's run, however large it is.
 */
export interface ImportOptions extends ImportRules {
  /** The file, or `-`. */
  readonly file: string;
  /** Name or id of the hosted zone; left out, the owner of the file's SOA record. */
  readonly zone?: string;
  /** Makes the hosted zone if there is none. */
  readonly create: boolean;
  readonly includes: boolean;
  readonly skipTypes: ReadonlySet<string>;
  /** Says what would change, and changes nothing. */
  readonly dryRun: boolean;
  /** Where sorted runs may go. */
  readonly directory: string;
  readonly progress: Progress;
  /** Told of each difference, in the order of the names. */
  readonly onDifference?: (zone: HostedZone, key: NameKey, planned: Planned) => void;
}

export interface Imported {
  readonly zone: HostedZone;
  readonly created: boolean;
  readonly counts: ImportCounts;
  readonly skipped: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** Nothing was imported; one line for each problem. */
export class ImportRefused extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ImportRefused';
    this.lines = lines;
  }
}

/** A zone that others change as fast as we look at it is not for us to change. */
const ATTEMPTS_MAX = 3;

export async function importZone(reached: Reached, options: ImportOptions): Promise<Imported> {
  const files: string[] = [];
  const problems = new ZoneProblems(files);
  // On the disk that is to hold the zone; its files have no names, so that whatever happens nothing stays behind but a folder.
  const runs = mkdtempSync(join(options.directory, 'import-'));
  const sort = new RecordSort(runs);
  try {
    const file = await readFile(reached, options, sort, files, problems);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const done = await attemptImport(reached, options, file, sort, problems);
      if (done !== 'moved') return { ...done, skipped: file.skipped, notes: problems.notes() };
    }
  } finally {
    sort.close();
    rmSync(runs, { recursive: true });
  }
  throw new OperatorError('the zone is being changed by others; nothing was imported. Try again');
}

async function readFile(
  reached: Reached,
  options: ImportOptions,
  sort: RecordSort,
  files: string[],
  problems: ZoneProblems,
): Promise<ZoneFile> {
  const { file, zone, includes, skipTypes, progress } = options;
  progress.begin(`reading ${file}`, 'octets', file === '-' ? undefined : octetsOf(file));
  const onOctets = (octets: number): void => progress.add(octets);
  const named = zone === undefined ? {} : { zoneName: nameOfTarget(reached, zone) };
  const found = await readZoneFile({ file, includes, skipTypes, onOctets, ...named }, sort, files, problems);
  progress.end();
  if (problems.count > 0) throw new ImportRefused(problems.problems());
  if (found.zoneName === undefined) throw new OperatorError(`${file} has no records`);
  if (zone === undefined && found.zoneName === '.') {
    throw new OperatorError(`${file} does not say which zone it is; name it with --zone`);
  }
  return found;
}

function octetsOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new OperatorError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The name of the zone, also where it is told by its id. */
function nameOfTarget(reached: Reached, zone: string): string {
  if (!isZoneId(zone)) return zoneNameOf(zone);
  const snapshot = reached.snapshot();
  try {
    const found = findHostedZone(snapshot.view, zone);
    if (found === undefined) throw new OperatorError(`there is no hosted zone ${zone}`);
    return found.name;
  } finally {
    snapshot.close();
  }
}

type Attempt = Pick<Imported, 'zone' | 'created' | 'counts'>;

async function attemptImport(
  reached: Reached,
  options: ImportOptions,
  file: ZoneFile,
  sort: RecordSort,
  problems: ZoneProblems,
): Promise<Attempt | 'moved'> {
  const snapshot = reached.snapshot();
  try {
    const found = findHostedZone(snapshot.view, options.zone ?? (file.zoneName as string));
    const target =
      found === undefined ? zoneToMake(snapshot.view, file, reached, options) : zoneAsItIs(snapshot, found);
    const { counts, steps } = check(reached, options, sort, target, problems);
    const { zone, create } = target;
    const isNothing = create === undefined && counts.created + counts.changed + counts.removed === 0;
    const done = { zone, created: create !== undefined, counts };
    if (options.dryRun || isNothing) return done;
    const made = create === undefined ? undefined : await reached.submit('CreateHostedZone', create);
    if (isRefusal(made)) throw new ImportRefused([made.message]);
    const id = made === undefined ? zone.id : (made.change as HostedZoneCreated).zone.id;
    const onlyAfter = made?.sequence ?? target.onlyAfter;
    const outcome =
      steps === undefined
        ? await stage(
            reached,
            options,
            sort,
            target,
            id,
            onlyAfter,
            zone.recordSetCount + counts.created - counts.removed,
          )
        : await reached.submit('ImportRecordSets', { hostedZoneId: id, onlyAfter, steps });
    if (!isRefusal(outcome)) return { ...done, zone: { ...zone, id } };
    if (made !== undefined) await reached.submit('DeleteHostedZone', { id });
    if (outcome.refused === MOVED && made === undefined) return 'moved';
    throw new ImportRefused([outcome.message]);
  } catch (error) {
    if (error instanceof ZoneMoved) return 'moved';
    throw error;
  } finally {
    snapshot.close();
  }
}

/** What core/control refuses with when a zone was changed since it was looked at. */
const MOVED = 'PriorRequestNotComplete';

/** The zone that the file goes to, and the state to hold it against. */
interface Target {
  readonly zone: HostedZone;
  readonly view: View;
  /** Where the zone's lane ends in that state. */
  readonly onlyAfter: number;
  /** To be made first. */
  readonly create?: object;
  /** Keeps the state readable. Throws `ZoneMoved`. */
  stillStands(): void;
}

class ZoneMoved extends Error {}

function zoneAsItIs(snapshot: Snapshot, zone: HostedZone): Target {
  if (zone.secondary !== undefined) {
    throw new OperatorError(`${zone.name} is a copy of another server's zone, which is changed by transfers only`);
  }
  const laneEnd = (view: View): number => view.get(tables.lanes, [lane.zone(zone.id)]) ?? 0;
  const { view } = snapshot;
  const onlyAfter = laneEnd(view);
  return {
    zone,
    view,
    onlyAfter,
    stillStands() {
      if (!snapshot.advance((newest) => laneEnd(newest) === onlyAfter)) throw new ZoneMoved();
    },
  };
}

function zoneToMake(view: View, file: ZoneFile, reached: Reached, options: ImportOptions): Target {
  const name = options.zone ?? (file.zoneName as string);
  if (!options.create) throw new OperatorError(`there is no hosted zone ${name}; --create makes it`);
  const made = zoneToBe(view, name, reached.settings);
  if (isRefusal(made)) throw new ImportRefused([made.message]);
  return { zone: made.zone, view: made.view, onlyAfter: 0, create: made.command, stillStands() {} };
}

function check(
  reached: Reached,
  options: ImportOptions,
  sort: RecordSort,
  target: Target,
  problems: ZoneProblems,
): CheckedImport {
  const { progress, onDifference } = options;
  progress.begin('comparing', 'record sets');
  const checked = checkImport(
    target.view,
    target.zone,
    watched(planImport(target.view, target.zone, fileNames(sort.sorted(), problems), options), target),
    {
      recordSetsMax: reached.settings.quotas.recordSetsPerZoneMax,
      replaceAliases: options.replaceAliases,
      onName: (recordSets) => progress.add(recordSets),
      ...(onDifference === undefined ? {} : { onDifference: onDifference.bind(undefined, target.zone) }),
    },
    problems,
  );
  progress.end();
  if (problems.count > 0) throw new ImportRefused(problems.problems());
  return checked;
}

function stage(
  reached: Reached,
  options: ImportOptions,
  sort: RecordSort,
  target: Target,
  hostedZoneId: string,
  onlyAfter: number,
  recordSets: number,
): Promise<Accepted | Refusal> {
  options.progress.begin('writing', 'record sets', recordSets);
  const plan = planImport(target.view, target.zone, fileNames(sort.sorted()), options);
  return stageWholeZone(reached, hostedZoneId, onlyAfter, watched(plan, target), options.progress);
}

const NAMES_PER_LOOK = 512;
/** A snapshot keeps old pages of the store: while the zone is left alone, no longer than this. */
const LOOK_MILLISECONDS = 1000;

function* watched(plan: Iterable<PlannedName>, target: Target): Generator<PlannedName, void, void> {
  let last = Date.now();
  let names = 0;
  for (const name of plan) {
    yield name;
    names += 1;
    if (names % NAMES_PER_LOOK !== 0 || Date.now() - last < LOOK_MILLISECONDS) continue;
    target.stillStands();
    last = Date.now();
  }
}
