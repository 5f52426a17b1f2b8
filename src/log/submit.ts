import {
  isRefusal,
  refuse,
  type ChangeBase,
  type ControlSettings,
  type Given,
  type Refusal,
} from '../core/control/operation.ts';
import { operationNamed } from '../core/control/operations.ts';
import type { Draft } from '../core/control/view.ts';
import type { Store } from '../store/store.ts';
import { append, laneEnds } from './change-log.ts';
import { newId } from './new-id.ts';

/** A command on its way to the writer. */
export interface Submission {
  readonly operation: string;
  readonly command: unknown;
  readonly principal: string;
}

export interface Accepted {
  readonly sequence: number;
  readonly change: ChangeBase;
}

export interface Committed {
  readonly outcomes: readonly (Accepted | Refusal)[];
  /** Zones whose answers may differ now, and health checks that are not what they were. */
  readonly touched: ReadonlySet<string>;
  readonly sequence: number;
  readonly failures: readonly unknown[];
}

/**
 * Decides, appends and applies a group of commands in one durable transaction. Each is decided on the state that the ones before
 * it left, so within a member nothing ever conflicts. The only place that appends.
 */
export function commitGroup(store: Store, submissions: readonly Submission[], settings: ControlSettings): Committed {
  try {
    return store.write((draft) => runGroup(store, draft, submissions, settings));
  } catch (error) {
    const failure = storageFailure(error);
    if (failure !== undefined) return refusedByStorage(store, submissions, failure, error);
    if (submissions.length === 1) return failedAlone(store, error);
    return oneByOne(store, submissions, settings);
  }
}

function runGroup(
  store: Store,
  draft: Draft,
  submissions: readonly Submission[],
  settings: ControlSettings,
): Committed {
  const touched = new Set<string>();
  const outcomes: (Accepted | Refusal)[] = [];
  const first = store.sequence();
  let sequence = first;
  for (const submission of submissions) {
    const operation = operationNamed(submission.operation);
    const decided = operation.decide(draft, submission.command, given(submission.principal, settings));
    if (isRefusal(decided)) {
      outcomes.push(decided);
      continue;
    }
    const appended = append(draft, sequence, decided, laneEnds(draft, operation.lanes(decided)));
    if (appended === 'conflict') {
      outcomes.push(refuse('PriorRequestNotComplete', PRIOR_REQUEST));
      continue;
    }
    if (appended > sequence) {
      sequence = appended;
      operation.apply(draft, decided, sequence);
      for (const each of operation.touches(draft, decided)) touched.add(each);
    }
    outcomes.push({ sequence: appended, change: decided });
  }
  if (sequence > first) store.setSequence(sequence);
  return { outcomes, touched, sequence, failures: [] };
}

const PRIOR_REQUEST = 'The request was rejected because Route 53 was still processing a prior request.';

/** A defect that one command brings out must not take the others with it: the group was rolled back and is run again apart. */
function oneByOne(store: Store, submissions: readonly Submission[], settings: ControlSettings): Committed {
  const parts = submissions.map((submission) => commitGroup(store, [submission], settings));
  return {
    outcomes: parts.flatMap((part) => part.outcomes),
    touched: new Set(parts.flatMap((part) => [...part.touched])),
    sequence: parts.at(-1)?.sequence ?? store.sequence(),
    failures: parts.flatMap((part) => part.failures),
  };
}

function failedAlone(store: Store, error: unknown): Committed {
  const outcome = refuse('InternalFailure', 'The request failed because of an internal error; nothing was changed.');
  return { outcomes: [outcome], touched: new Set(), sequence: store.sequence(), failures: [error] };
}

function refusedByStorage(
  store: Store,
  submissions: readonly Submission[],
  failure: string,
  error: unknown,
): Committed {
  const outcome = refuse('ServiceUnavailable', `The change could not be stored, and nothing was changed: ${failure}`);
  return {
    outcomes: submissions.map(() => outcome),
    touched: new Set(),
    sequence: store.sequence(),
    failures: [error],
  };
}

/** By error number: failures of the disk and of LMDB, as against defects of our own. They hit every command of the group alike. */
const STORAGE_FAILURES: ReadonlyMap<number, string> = new Map([
  // LMDB says EIO when only a part of what it wrote found room, which is how most full disks look to it.
  [5, 'the disk is full or failing.'],
  [28, 'the disk is full.'],
  [30, 'the file system is read-only.'],
  [122, 'the disk quota is used up.'],
  [-30792, 'the store has reached its greatest size.'],
  [-30795, 'the store met a disk error that only a restart clears.'],
]);

function storageFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'number' ? STORAGE_FAILURES.get(code) : undefined;
}

function given(principal: string, settings: ControlSettings): Given {
  return {
    now: Date.now(),
    principal,
    newId,
    settings,
  };
}
