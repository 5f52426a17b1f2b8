import { refuse } from '../operation.ts';
import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { keySigningKey, type KeySigningKeyName } from './signable-zone.ts';

export interface DeleteKeySigningKeyCommand extends SignedCommand, KeySigningKeyName {}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteKeySigningKey.html */
export const deleteKeySigningKey = dnssecOperation<DeleteKeySigningKeyCommand, 'KeySigningKeyDeleted'>({
  operation: 'DeleteKeySigningKey',
  kind: 'KeySigningKeyDeleted',
  judge(view, command) {
    const found = keySigningKey(view, command);
    if ('refused' in found) return found;
    const { zone, dnssec, key } = found;
    if (key.status !== 'INACTIVE') {
      return refuse(
        'InvalidKeySigningKeyStatus',
        `Key-signing key ${key.name} cannot be deleted because its status is ${key.status}: deactivate it first`,
      );
    }
    const keySigningKeys = dnssec.keySigningKeys.filter(({ name }) => name !== key.name);
    return { zone, after: keySigningKeys.length === 0 ? undefined : { ...dnssec, keySigningKeys } };
  },
});
