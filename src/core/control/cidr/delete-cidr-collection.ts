import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type CidrCollection } from '../tables.ts';
import type { Table } from '../view.ts';
import { noSuchCidrCollection } from './no-such-cidr.ts';

export interface CidrCollectionDeleted extends ChangeBase {
  readonly kind: 'CidrCollectionDeleted';
  readonly collection: CidrCollection;
}

/** Only an empty collection that no record set names. https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteCidrCollection.html */
export const deleteCidrCollection: WriteOperation<{ readonly id: string }, CidrCollectionDeleted> = {
  operation: 'DeleteCidrCollection',
  kind: 'CidrCollectionDeleted',
  decide(view, { id }, given) {
    const collection = view.get(tables.cidrCollections, [id]);
    if (collection === undefined) return noSuchCidrCollection(id);
    const holds = (table: Table<true>): boolean => view.range(table, { prefix: [id], limit: 1 }).length > 0;
    if (holds(tables.cidrUses) || holds(tables.cidrBlocks)) {
      return refuse(
        'CidrCollectionInUseException',
        `The CIDR collection ${id} has blocks or is used by record sets, and so cannot be deleted.`,
      );
    }
    return { kind: 'CidrCollectionDeleted', id: given.newId('change'), at: given.now, by: given.principal, collection };
  },
  lanes: (change) => ({ advances: [lane.cidrCollections, lane.cidrCollection(change.collection.id)], reliesOn: [] }),
  apply(draft, change, sequence) {
    draft.remove(tables.cidrCollections, [change.collection.id]);
    draft.remove(tables.cidrCollectionNames, [change.collection.name]);
    keepChange(draft, change, sequence);
  },
  touches: () => [],
};
