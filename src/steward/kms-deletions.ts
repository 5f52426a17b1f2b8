import { deleteKmsKey, dueKmsDeletions, nextKmsDeletion } from '../core/control/kms/delete-kms-key.ts';
import { isRefusal, type Refusal } from '../core/control/operation.ts';
import type { View } from '../core/control/view.ts';
import type { Chore } from './chore.ts';
import type { WatchedClock } from './clock.ts';

export interface KmsDeletionsOptions {
  readonly view: () => View;
  readonly submit: (operation: string, command: unknown, principal: string) => Promise<object | Refusal>;
  /** A key is gone for ever, so a clock that was set ahead must not be what does it. */
  readonly clock: WatchedClock;
}

const AT_ONCE = 20;
const AGAIN_MILLISECONDS = 60_000;
const PRINCIPAL = 'waypost';

/** Keys of the embedded key service whose waiting time is over are deleted. */
export function kmsDeletions({ view, submit, clock }: KmsDeletionsOptions): Chore {
  return {
    name: 'KMS deletions',
    async round(stopping) {
      for (const command of dueKmsDeletions(view(), clock.nowAtLeast(), AT_ONCE)) {
        if (stopping()) break;
        const outcome = await submit(deleteKmsKey.operation, command, PRINCIPAL);
        if (isRefusal(outcome)) return clock.now() + AGAIN_MILLISECONDS;
      }
      return nextKmsDeletion(view());
    },
  };
}
