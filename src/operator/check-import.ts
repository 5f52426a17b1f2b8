import { judgeSteps } from '../core/control/imports/judge-steps.ts';
import { StepWriter, STEPS_OCTETS_MAX, type KeyedStep } from '../core/control/imports/import-steps.ts';
import { apexMessages, groupsMessages, targetMessages } from '../core/control/record-sets/rules.ts';
import { WorkingCopy } from '../core/control/record-sets/working-copy.ts';
import type { HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { keyToText } from '../core/dns/name-key.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import type { FileSet } from './file-names.ts';
import type { Planned, PlannedName } from './plan-import.ts';
import type { ZoneProblems } from './zone-problems.ts';

/** Record sets, by what becomes of them. */
export interface ImportCounts {
  created: number;
  changed: number;
  removed: number;
  unchanged: number;
  /** Of the file, and not taken: the zone's own NS and SOA, aliases and routed sets stand. */
  overruled: number;
}

export interface CheckedImport {
  readonly counts: ImportCounts;
  /** What is to be done, if it fits into one change. */
  readonly steps: Uint8Array | undefined;
}

export interface CheckOptions {
  readonly recordSetsMax: number;
  /** Aliases go, too: then nothing is kept for their sake. */
  readonly replaceAliases: boolean;
  onName(recordSets: number): void;
  onDifference?(key: NameKey, planned: Planned): void;
}

/** Judged together: few enough that the sets of a working copy do not add up. */
const JUDGED_AT_ONCE = 2000;

/** Asks the API's rules of everything that the plan changes, and adds what breaks them to the problems, with the file's lines. */
export function checkImport(
  view: View,
  zone: HostedZone,
  plan: Iterable<PlannedName>,
  options: CheckOptions,
  problems: ZoneProblems,
): CheckedImport {
  const counts: ImportCounts = { created: 0, changed: 0, removed: 0, unchanged: 0, overruled: 0 };
  const writer = new StepWriter();
  let fits = true;
  let steps: KeyedStep[] = [];
  let places: (FileSet | undefined)[] = [];

  const judge = (): void => {
    const copy = new WorkingCopy(view, zone);
    for (const { step, message } of judgeSteps(copy, steps)) {
      const from = step === undefined ? undefined : places[step];
      if (from === undefined) problems.addGeneral(message);
      else problems.add(message, from.file, from.line);
    }
    const targets = options.replaceAliases ? [] : targetMessages(copy);
    for (const message of [...groupsMessages(copy), ...targets, ...apexMessages(copy)]) problems.addGeneral(message);
    steps = [];
    places = [];
  };

  for (const { key, sets } of plan) {
    const name = keyToText(key);
    for (const planned of sets) {
      count(counts, planned);
      if (planned.action === 'KEEP') continue;
      options.onDifference?.(key, planned);
      const step: KeyedStep = { action: planned.action, name, key, set: planned.set };
      steps.push(step);
      places.push(planned.from);
      if (fits) writer.add(step);
      if (writer.octets > STEPS_OCTETS_MAX) {
        fits = false;
        writer.take();
      }
    }
    options.onName(sets.length);
    if (steps.length >= JUDGED_AT_ONCE) judge();
  }
  judge();
  const recordSets = zone.recordSetCount + counts.created - counts.removed;
  if (recordSets > options.recordSetsMax) {
    problems.addGeneral(`${zone.name} would have ${recordSets} record sets, and ${options.recordSetsMax} is its limit`);
  }
  return { counts, steps: fits ? writer.take() : undefined };
}

function count(counts: ImportCounts, planned: Planned): void {
  if (planned.overruled !== undefined) counts.overruled += 1;
  if (planned.action === 'KEEP') counts.unchanged += 1;
  else if (planned.action === 'REMOVE') counts.removed += 1;
  else if (planned.before === undefined) counts.created += 1;
  else counts.changed += 1;
}
