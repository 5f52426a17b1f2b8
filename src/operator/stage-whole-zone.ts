import { StepWriter, type ImportStep } from '../core/control/imports/import-steps.ts';
import type { ImportStaged } from '../core/control/imports/stage-import.ts';
import { compareRecordSets } from '../core/control/nodes.ts';
import { isRefusal, type Refusal } from '../core/control/operation.ts';
import { keyToText } from '../core/dns/name-key.ts';
import type { Accepted } from '../log/submit.ts';
import type { PlannedName } from './plan-import.ts';
import type { Progress } from './progress.ts';
import type { Reached } from './reach.ts';

/** Of a part: some three thousand record sets, which take the writer a few hundredths of a second. */
const PART_OCTETS = 96 * 2 ** 10;
/** Parts on their way: the writer never waits for the next, and few are in memory. */
const UNDER_WAY_MAX = 4;

/**
 * Puts the whole zone, as it is to be, beside the one that is served, and switches. When anything comes in between, what was staged is
 * given up, and nothing has changed.
 */
export async function stageWholeZone(
  reached: Reached,
  hostedZoneId: string,
  onlyAfter: number,
  plan: Iterable<PlannedName>,
  progress: Progress,
): Promise<Accepted | Refusal> {
  const staged: { dataId?: string } = {};
  let switched = false;
  try {
    const refusal = await stageParts(reached, hostedZoneId, onlyAfter, plan, progress, staged);
    if (refusal !== undefined) return refusal;
    const outcome = await reached.submit('SwitchImport', { hostedZoneId, dataId: staged.dataId });
    switched = !isRefusal(outcome);
    return outcome;
  } finally {
    progress.end();
    if (staged.dataId !== undefined) {
      if (!switched) await reached.submit('AbandonImport', { hostedZoneId, dataId: staged.dataId });
      await discard(reached, progress);
    }
  }
}

/** The first refusal, if there is one; what comes after it is not sent. */
async function stageParts(
  reached: Reached,
  hostedZoneId: string,
  onlyAfter: number,
  plan: Iterable<PlannedName>,
  progress: Progress,
  staged: { dataId?: string },
): Promise<Refusal | undefined> {
  const writer = new StepWriter();
  const underWay: Promise<void>[] = [];
  let refusal: Refusal | undefined;

  const send = async (): Promise<void> => {
    const recordSets = writer.count;
    const { dataId } = staged;
    const command = { hostedZoneId, onlyAfter, steps: writer.take(), ...(dataId === undefined ? {} : { dataId }) };
    const outcome = await reached.submit('StageImport', command);
    if (isRefusal(outcome)) refusal ??= outcome;
    else staged.dataId = (outcome.change as ImportStaged).dataId;
    progress.add(recordSets);
  };

  for (const { key, sets } of plan) {
    const name = keyToText(key);
    const staying = sets.filter(({ action }) => action !== 'REMOVE');
    // Within a name, too, the store's order.
    for (const { action, set } of staying.sort((a, b) => compareRecordSets(a.set, b.set))) {
      writer.add(step(action as 'PUT' | 'KEEP', name, set));
    }
    if (writer.octets < PART_OCTETS) continue;
    underWay.push(send());
    // The first part brings the id that the others need.
    if (staged.dataId === undefined || underWay.length >= UNDER_WAY_MAX) await underWay.shift();
    if (refusal !== undefined) break;
  }
  if (writer.count > 0 && refusal === undefined) underWay.push(send());
  await Promise.all(underWay);
  return refusal;
}

/** What is kept is named only: it is there already. */
function step(action: 'PUT' | 'KEEP', name: string, set: ImportStep['set']): ImportStep {
  if (action === 'PUT') return { action, name, set };
  const { type, setIdentifier } = set;
  return { action, name, set: setIdentifier === undefined ? { type } : { type, setIdentifier } };
}

/** The nodes that nobody refers to any more, a slice at a time. A member would do it by and by; a command leaves nothing behind. */
async function discard(reached: Reached, progress: Progress): Promise<void> {
  progress.begin('removing what was there before', 'record sets');
  for (;;) {
    const outcomes = await Promise.all(
      Array.from({ length: UNDER_WAY_MAX }, () => reached.submit('DiscardZoneData', {})),
    );
    if (outcomes.some(isRefusal)) break;
    progress.add(UNDER_WAY_MAX * DISCARDED_AT_ONCE);
  }
  progress.end();
}

/** Of core/control/secondary-zones/discard-zone-data.ts. */
const DISCARDED_AT_ONCE = 1000;
