import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';

export interface AdoptMasterKeyCommand {
  /** Tells a master secret from others; it says nothing else about it. */
  readonly fingerprint: string;
}

export interface MasterKeyAdopted extends ChangeBase {
  readonly kind: 'MasterKeyAdopted';
  readonly fingerprint: string;
}

export const MASTER_KEY = 'master-key';

/** Before the first private key is wrapped: from then on the data belongs to this master secret. AWS has no word for it. */
export const adoptMasterKey: WriteOperation<AdoptMasterKeyCommand, MasterKeyAdopted> = {
  operation: 'AdoptMasterKey',
  kind: 'MasterKeyAdopted',
  decide(view, { fingerprint }, given) {
    if ((view.get(tables.custody, [MASTER_KEY]) ?? fingerprint) !== fingerprint) {
      return refuse('InvalidInput', 'The keys in this data were wrapped with another master key.');
    }
    return { kind: 'MasterKeyAdopted', id: given.newId('change'), at: given.now, by: given.principal, fingerprint };
  },
  lanes: () => ({ advances: [lane.custody], reliesOn: [] }),
  apply: (draft, { fingerprint }) => draft.put(tables.custody, [MASTER_KEY], fingerprint),
  touches: () => [],
};
