import { refuse, type Refusal } from '../operation.ts';
import type { HostedZone, StagedImport } from '../tables.ts';

/** Another import of the same zone began later and goes on; or this one was given up. */
export function refuseOther(zone: HostedZone, staged: StagedImport | undefined, dataId: string): Refusal | undefined {
  if (staged?.dataId === dataId) return undefined;
  return refuse('PriorRequestNotComplete', `Another import into ${zone.name} has begun, or this one was given up`);
}
