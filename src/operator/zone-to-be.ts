import { randomUUID } from 'node:crypto';
import { createHostedZone, type CreateHostedZoneCommand } from '../core/control/hosted-zones/create-hosted-zone.ts';
import { MemoryDraft } from '../core/control/memory-draft.ts';
import { isRefusal, type ControlSettings, type Refusal } from '../core/control/operation.ts';
import type { HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';

/** A hosted zone that is not made yet, as it will be, for holding a file against it before anything is written. */
export interface ZoneToBe {
  readonly command: CreateHostedZoneCommand;
  readonly zone: HostedZone;
  /** A state with this zone, and nothing else. */
  readonly view: View;
}

export function zoneToBe(view: View, name: string, settings: ControlSettings): ZoneToBe | Refusal {
  const command = { name, callerReference: `import/${randomUUID()}` };
  const given = { now: 0, principal: '', newId: (kind: string) => `to-be/${kind}`, settings };
  const change = createHostedZone.decide(view, command, given);
  if (isRefusal(change)) return change;
  const draft = new MemoryDraft();
  createHostedZone.apply(draft, change, 0);
  return { command, zone: change.zone, view: draft };
}
