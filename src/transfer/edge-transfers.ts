import type { AnswerSettings } from '../core/answer/settings.ts';
import type { Desk } from '../core/answer/desk.ts';
import type { ZoneData } from '../core/zone/zone-data.ts';
import type { Store } from '../store/store.ts';
import { createDesk } from './desk.ts';
import { NotifiedZones } from './in/notified-zones.ts';
import { createTransferServer } from './out/transfer-server.ts';
import { TransferSlots } from './out/transfer-slots.ts';
import { TransferRules, type TransferSettings } from './settings/transfer-settings.ts';
import { TransferCounters } from './transfer-counters.ts';
import type { TransferShare } from './transfer-share.ts';

/** What this room does in an edge worker: it answers what comes signed, NOTIFY, and requests for zones. */
export interface EdgeTransfers {
  readonly desk: Desk;
  readonly answerInMany: ReturnType<typeof createTransferServer>;
  configure(settings: TransferSettings): void;
}

export interface EdgeTransfersParts {
  readonly share: TransferShare;
  readonly store: Store;
  readonly zones: ZoneData;
  /** The number of the worker, from 0. */
  readonly worker: number;
  readonly answers: Pick<AnswerSettings, 'udpBytesMax' | 'listenerSets'>;
}

export function createEdgeTransfers(parts: EdgeTransfersParts): EdgeTransfers {
  const { share, store, zones, worker, answers } = parts;
  const { udpBytesMax, listenerSets } = answers;
  const counters = new TransferCounters(share.counters);
  let current = new TransferRules(share.settings);
  const rules = (): TransferRules => current;
  return {
    desk: createDesk({
      rules,
      zones,
      listenerSets,
      notified: new NotifiedZones(share.notified),
      counters,
      udpBytesMax,
    }),
    answerInMany: createTransferServer({
      store,
      rules,
      slots: new TransferSlots(share.slots, worker),
      listenerSets,
      counters,
    }),
    configure(settings) {
      current = new TransferRules(settings);
    },
  };
}
