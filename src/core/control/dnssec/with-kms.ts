import { isRefusal, type ChangeBase, type Given, type WriteOperation } from '../operation.ts';
import type { View } from '../view.ts';
import type { DnssecChanged, DnssecOperation, SignedCommand } from './dnssec-operation.ts';

/**
 * The same operation with one of the embedded key service in the same change: neither is ever without the other, however soon the member
 * dies. `commandOf` says what for; undefined for nothing.
 */
export function withKms<C extends SignedCommand, K extends string, KmsC, KmsCh extends ChangeBase>(
  operation: DnssecOperation<C, K>,
  kms: WriteOperation<KmsC, KmsCh>,
  commandOf: (view: View, command: C, change: DnssecChanged<K>, given: Given) => KmsC | undefined,
): DnssecOperation<C, K> {
  return {
    ...operation,
    decide(view, command, given) {
      const change = operation.decide(view, command, given);
      const beside = isRefusal(change) ? undefined : commandOf(view, command, change, given);
      if (isRefusal(change) || beside === undefined) return change;
      const kmsChange = kms.decide(view, beside, given);
      return isRefusal(kmsChange) ? kmsChange : { ...change, kms: kmsChange };
    },
    lanes(change) {
      const own = operation.lanes(change);
      if (change.kms === undefined) return own;
      const { advances, reliesOn } = kms.lanes(change.kms as KmsCh);
      return { advances: [...own.advances, ...advances], reliesOn: [...own.reliesOn, ...reliesOn] };
    },
    apply(draft, change, sequence) {
      operation.apply(draft, change, sequence);
      if (change.kms !== undefined) kms.apply(draft, change.kms as KmsCh, sequence);
    },
  };
}
