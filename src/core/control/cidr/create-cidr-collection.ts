import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type CidrCollection } from '../tables.ts';

export interface CreateCidrCollectionCommand {
  readonly name: string;
  readonly callerReference: string;
}

export interface CidrCollectionCreated extends ChangeBase {
  readonly kind: 'CidrCollectionCreated';
  readonly collection: CidrCollection;
}

const NAME = /^[0-9A-Za-z_-]{1,64}$/;
const CALLER_REFERENCE_MAX = 64;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateCidrCollection.html */
export const createCidrCollection: WriteOperation<CreateCidrCollectionCommand, CidrCollectionCreated> = {
  operation: 'CreateCidrCollection',
  kind: 'CidrCollectionCreated',
  decide(view, { name, callerReference }, given) {
    if (!NAME.test(name)) return refuse('InvalidInput', `Name must match ${NAME.source}`);
    if (callerReference.length < 1 || callerReference.length > CALLER_REFERENCE_MAX) {
      return refuse('InvalidInput', `CallerReference must have from 1 to ${CALLER_REFERENCE_MAX} characters`);
    }
    if (view.get(tables.cidrCollectionNames, [name]) !== undefined) {
      return refuse('CidrCollectionAlreadyExistsException', `A CIDR collection with the name ${name} already exists.`);
    }
    return {
      kind: 'CidrCollectionCreated',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      collection: { id: given.newId('cidr-collection'), name, version: 1, callerReference },
    };
  },
  lanes: () => ({ advances: [lane.cidrCollections], reliesOn: [] }),
  apply(draft, change, sequence) {
    draft.put(tables.cidrCollections, [change.collection.id], change.collection);
    draft.put(tables.cidrCollectionNames, [change.collection.name], change.collection.id);
    keepChange(draft, change, sequence);
  },
  touches: () => [],
};
