import { isRefusal } from '../core/control/operation.ts';
import type { HostedZone } from '../core/control/tables.ts';
import { findHostedZone, OperatorError } from './find-zone.ts';
import type { Reached } from './reach.ts';

/** Makes a secondary zone an ordinary one; one that was never transferred goes. Throws `OperatorError`. */
export async function promoteZone(reached: Reached, text: string): Promise<HostedZone> {
  const snapshot = reached.snapshot();
  const zone = findHostedZone(snapshot.view, text);
  snapshot.close();
  if (zone === undefined) throw new OperatorError(`there is no hosted zone ${text}`);
  const outcome = await reached.submit('ReleaseSecondaryZone', { zoneId: zone.id });
  if (isRefusal(outcome)) throw new OperatorError(outcome.message);
  return zone;
}
