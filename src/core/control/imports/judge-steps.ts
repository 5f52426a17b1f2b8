import { normaliseName } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import { isSimple } from '../../zone/record-set.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { refuse, type Problem, type Refusal } from '../operation.ts';
import { checkChange } from '../record-sets/request-shape.ts';
import { stepMessages } from '../record-sets/rules.ts';
import { valueMessages } from '../record-sets/values.ts';
import type { WorkingCopy } from '../record-sets/working-copy.ts';
import { lane } from '../lanes.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import { readSteps, STEPS_OCTETS_MAX, type KeyedStep } from './import-steps.ts';

/** Told of one change: whoever has more knows enough to begin with. */
const PROBLEMS_MAX = 100;

/** Reads a command's steps, or says why it cannot be. */
export function stepsOf(octets: unknown): readonly KeyedStep[] | Refusal {
  if (!(octets instanceof Uint8Array)) return refuse('InvalidInput', 'An import has steps, as octets');
  if (octets.length > STEPS_OCTETS_MAX) {
    return refuse(
      'InvalidInput',
      `One change of an import has at most ${STEPS_OCTETS_MAX} octets, not ${octets.length}`,
    );
  }
  return readSteps(octets) ?? refuse('InvalidInput', 'The octets are no steps of an import');
}

/**
 * Takes the steps in order, each by the rules that a batch of the API keeps, and performs on the copy those that keep them. `current`
 * is where the sets are that are kept as they are.
 */
export function judgeSteps(copy: WorkingCopy, steps: readonly KeyedStep[], current?: WorkingCopy): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [place, step] of steps.entries()) {
    const messages = judgeStep(copy, step, seen, current);
    for (const message of messages) if (problems.length < PROBLEMS_MAX) problems.push({ step: place, message });
  }
  return problems;
}

/** A zone that has grown beyond what it may have. */
export function countProblems(recordSets: number, recordSetsMax: number): Problem[] {
  return recordSets > recordSetsMax ? [{ message: `Number of records limit of ${recordSetsMax} exceeded.` }] : [];
}

export function refuseSteps(problems: readonly Problem[]): Refusal {
  const messages = problems.map((problem) => problem.message).join(', ');
  return { ...refuse('InvalidChangeBatch', `[${messages}]`), problems };
}

/** What was decided on a view that is not the state any more. */
export function refuseMoved(view: View, zone: HostedZone, onlyAfter: number | undefined): Refusal | undefined {
  const end = view.get(tables.lanes, [lane.zone(zone.id)]) ?? 0;
  if (onlyAfter === undefined || onlyAfter === end) return undefined;
  return refuse('PriorRequestNotComplete', `${zone.name} was changed by somebody else meanwhile`);
}

function judgeStep(copy: WorkingCopy, step: KeyedStep, seen: Set<string>, current: WorkingCopy | undefined): string[] {
  const { action, name, key, set } = step;
  const place = placeMessage(copy, name, key);
  if (place !== undefined) return [place];
  const identity = `${key} ${set.type} ${set.setIdentifier ?? ''}`;
  if (seen.has(identity)) return [`The import has two record sets '${set.type} ${name}'`];
  seen.add(identity);
  if (action === 'PUT') return put(copy, step);
  const from = action === 'KEEP' ? current : copy;
  const stored = from?.find(key, set);
  if (stored === undefined) return [`There is no record set [name='${name}', type='${set.type}']`];
  copy.perform({ action: action === 'KEEP' ? 'PUT' : 'REMOVE', name, set: stored }, key);
  return [];
}

function placeMessage(copy: WorkingCopy, name: string, key: NameKey): string | undefined {
  try {
    if (normaliseName(name) !== name) return `${name} is not a name in normal form`;
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    return `FATAL problem: ${error.message} encountered with '${name}'`;
  }
  if (key.startsWith(copy.apex)) return undefined;
  return `RRSet with DNS name ${name} is not permitted in zone ${copy.zone.name}`;
}

function put(copy: WorkingCopy, { name, key, set }: KeyedStep): string[] {
  const { type, ttlSeconds, values } = set;
  if (ttlSeconds === undefined || values === undefined || !isSimple(set)) {
    return [`Only simple record sets can be imported, which [name='${name}', type='${type}'] is not`];
  }
  const malformed = checkChange('UPSERT', { name, type, ttlSeconds, values, policies: [] });
  if (malformed !== undefined) return [malformed.message];
  const messages = [...valueMessages(type, values), ...stepMessages(copy, name, set, key)];
  if (messages.length === 0) copy.perform({ action: 'PUT', name, set }, key);
  return messages;
}
