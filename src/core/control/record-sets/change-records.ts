import type { ChangeBase } from '../operation.ts';
import { keepChange, keepHistory } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft } from '../view.ts';
import { applySteps } from './apply-steps.ts';
import type { RecordSetStep } from './change-batch.ts';

/** What every accepted change of a zone's record sets does, whoever sent it: takes the steps, and keeps what they changed. */
export function changeRecords(
  draft: Draft,
  zone: HostedZone,
  steps: readonly RecordSetStep[],
  change: ChangeBase & { readonly comment?: string },
  sequence: number,
): void {
  const { differences, added } = applySteps(draft, zone, steps);
  draft.put(tables.hostedZones, [zone.id], { ...zone, recordSetCount: zone.recordSetCount + added });
  keepChange(draft, change, sequence);
  keepHistory(draft, zone.id, change, sequence, differences);
}
