import { createNotifiedZones } from './in/notified-zones.ts';
import { createTransferSlots } from './out/transfer-slots.ts';
import { SECONDARIES_MAX } from './settings/transfer-file.ts';
import type { TransferSettings } from './settings/transfer-settings.ts';
import { createTransferCounters } from './transfer-counters.ts';

/** What the threads of a member share about transfers: it crosses to each when that starts, and the settings again when they change. */
export interface TransferShare {
  settings: TransferSettings;
  readonly slots: SharedArrayBuffer;
  readonly notified: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
}

/** Edge workers of a member, as in log/propagation.ts. */
const WORKERS_MAX = 64;

/** `mayHaveZones` is false for a member that has no file of settings, and so never has secondary zones. */
export function createTransferShare(settings: TransferSettings, mayHaveZones: boolean): TransferShare {
  return {
    settings,
    slots: createTransferSlots(WORKERS_MAX),
    notified: createNotifiedZones(mayHaveZones ? SECONDARIES_MAX : 0),
    counters: createTransferCounters(),
  };
}
