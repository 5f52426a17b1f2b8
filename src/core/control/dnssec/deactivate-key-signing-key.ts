import { refuse } from '../operation.ts';
import { dnssecOperation, type ParentCommand } from './dnssec-operation.ts';
import { keyInParent, parentsOf } from './parent-delegation.ts';
import { keySigningKey, type KeySigningKeyName } from './signable-zone.ts';
import { withKey } from './zone-dnssec.ts';

export interface DeactivateKeySigningKeyCommand extends ParentCommand, KeySigningKeyName {}

/**
 * It leaves the DNSKEY set, so no DS may lead to it any more. A key that is inactive already stays so, because clients repeat
 * requests that got no answer.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeactivateKeySigningKey.html
 */
export const deactivateKeySigningKey = dnssecOperation<DeactivateKeySigningKeyCommand, 'KeySigningKeyDeactivated'>({
  operation: 'DeactivateKeySigningKey',
  kind: 'KeySigningKeyDeactivated',
  judge(view, command, now) {
    const found = keySigningKey(view, command);
    if ('refused' in found) return found;
    const { zone, dnssec, key } = found;
    if (key.status === 'INACTIVE') return { zone, after: dnssec };
    const { trouble: _, ...rest } = key;
    const after = withKey(dnssec, { ...rest, status: 'INACTIVE', modifiedAt: now });
    if (dnssec.signing === undefined) return { zone, after };
    if (!after.keySigningKeys.some(({ status }) => status === 'ACTIVE')) {
      return refuse(
        'KeySigningKeyInUse',
        `Key-signing key ${key.name} is the only one that signs: disable DNSSEC signing, or activate another one first`,
      );
    }
    const parents = parentsOf(view, zone, command.parent);
    return keyInParent(zone, parents, [key]) ?? { zone, after, reliesOn: parents.reliesOn };
  },
});
