import { OutsideTable } from '../core/answer/routed/outside-table.ts';
import { createWorld, type World } from '../core/answer/world.ts';
import { zoneDataOf } from '../core/control/zone-data.ts';
import { createZoneSigner } from '../keys/zone-signer.ts';
import { PropagationFollower } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { createEdgeTransfers } from '../transfer/edge-transfers.ts';
import type { TransferSettings } from '../transfer/settings/transfer-settings.ts';
import type { AnswerInMany } from './stream/answer-in-many.ts';
import type { EdgeWorkerTask } from './worker-data.ts';

/** What every edge worker has: a world to answer from, and a way to keep it up to date. */
export interface Serving {
  readonly world: World;
  readonly follower: PropagationFollower;
  /** Makes the world as new as the log; to be called between queries. */
  catchUp(): void;
  closing(): boolean;
  /** Left out: `answerQuery` answers all that comes. */
  readonly answerInMany?: AnswerInMany;
}

export interface OpenServing extends Serving {
  configureTransfers(settings: TransferSettings): void;
  close(): Promise<void>;
}

/** Opens the store and follows the log, from any thread. Whoever opens it closes it. */
export function openServing(data: EdgeWorkerTask): OpenServing {
  const store = openStore(data.dataDirectory, { readOnly: true });
  const follower = new PropagationFollower(data.propagation, data.slot);
  const zones = zoneDataOf(store.view);
  const transfers =
    data.transfers &&
    createEdgeTransfers({ share: data.transfers, store, zones, worker: data.slot, answers: data.answers });
  const world = createWorld({
    zones,
    planBytesMax: data.planBytesMax,
    settings: data.answers,
    ...(transfers && { desk: transfers.desk }),
    rateTable: data.rateTable,
    counters: new Float64Array(data.counters),
    zoneQueries: data.zoneQueries,
    signer: data.zoneWrappingKey && createZoneSigner(data.zoneWrappingKey),
    outside: data.outside && new OutsideTable(data.outside),
    ...(data.statuses === undefined ? {} : { statuses: new Uint8Array(data.statuses) }),
  });
  const catchUp = (): void => {
    // Let go of the snapshot even when nothing changed: an idle reader must not keep the file's old pages.
    store.renew();
    if (!follower.behind()) return;
    if (follower.next((zoneId) => world.versions.zoneChanged(zoneId)) === 'overrun') world.versions.everythingChanged();
    store.renew();
    follower.acknowledge();
  };
  const closing = new Int32Array(data.closing);
  catchUp();
  return {
    world,
    follower,
    catchUp,
    ...(transfers && { answerInMany: transfers.answerInMany }),
    configureTransfers: (settings) => transfers?.configure(settings),
    closing: () => Atomics.load(closing, 0) !== 0,
    close() {
      follower.leave();
      return store.close();
    },
  };
}
