import { refuse } from '../operation.ts';
import { changeOfKmsKey, refusePendingDeletion, type KmsKeyCommand } from './change-kms-key.ts';
import { kmsKeyArn } from './kms-key.ts';

/** Enabled, disabled, about to be deleted: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export const enableKmsKey = changeOfKmsKey<KmsKeyCommand, 'KmsKeyEnabled'>(
  'kms:EnableKey',
  'KmsKeyEnabled',
  (key, _command, given) => refusePendingDeletion(key, given.settings.accountId) ?? { ...key, state: 'Enabled' },
);

export const disableKmsKey = changeOfKmsKey<KmsKeyCommand, 'KmsKeyDisabled'>(
  'kms:DisableKey',
  'KmsKeyDisabled',
  (key, _command, given) => refusePendingDeletion(key, given.settings.accountId) ?? { ...key, state: 'Disabled' },
);

export interface ScheduleKmsKeyDeletionCommand extends KmsKeyCommand {
  readonly days?: number;
}

const DAYS_MIN = 7;
const DAYS_MAX = 30;
const DAY_MILLISECONDS = 86_400_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
export const scheduleKmsKeyDeletion = changeOfKmsKey<ScheduleKmsKeyDeletionCommand, 'KmsKeyDeletionScheduled'>(
  'kms:ScheduleKeyDeletion',
  'KmsKeyDeletionScheduled',
  (key, { days = DAYS_MAX }, given) => {
    if (!(days >= DAYS_MIN && days <= DAYS_MAX)) {
      return refuse('ValidationException', `PendingWindowInDays must be between ${DAYS_MIN} and ${DAYS_MAX} inclusive`);
    }
    const refusal = refusePendingDeletion(key, given.settings.accountId);
    return refusal ?? { ...key, state: 'PendingDeletion', deletionAt: given.now + days * DAY_MILLISECONDS };
  },
);

/** The key is there again, and disabled. https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html */
export const cancelKmsKeyDeletion = changeOfKmsKey<KmsKeyCommand, 'KmsKeyDeletionCancelled'>(
  'kms:CancelKeyDeletion',
  'KmsKeyDeletionCancelled',
  (key, _command, given) => {
    if (key.state !== 'PendingDeletion') {
      const arn = kmsKeyArn(key, given.settings.accountId);
      return refuse('KMSInvalidStateException', `${arn} is not pending deletion.`);
    }
    const { deletionAt: _, ...kept } = key;
    return { ...kept, state: 'Disabled' };
  },
);
