import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';

export interface AbandonImportCommand {
  readonly hostedZoneId: string;
  readonly dataId: string;
}

export interface ImportAbandoned extends ChangeBase {
  readonly kind: 'ImportAbandoned';
  readonly zoneId: string;
  readonly dataId: string;
}

/** Gives up what was staged and will not be switched to; its nodes are taken away slice by slice. */
export const abandonImport: WriteOperation<AbandonImportCommand, ImportAbandoned> = {
  operation: 'AbandonImport',
  kind: 'ImportAbandoned',
  decide(view, command, given) {
    if (view.get(tables.stagedImports, [command.hostedZoneId])?.dataId !== command.dataId) {
      return refuse('InvalidInput', `No such import is staged for ${command.hostedZoneId}`);
    }
    return {
      kind: 'ImportAbandoned',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      zoneId: command.hostedZoneId,
      dataId: command.dataId,
    };
  },
  lanes: (change) => ({ advances: [lane.zone(change.dataId)], reliesOn: [] }),
  apply(draft, change) {
    draft.remove(tables.stagedImports, [change.zoneId]);
    draft.put(tables.discardedData, [change.dataId], true);
  },
  touches: () => [],
};
