import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { otherKeyTroubled } from './other-key-troubled.ts';
import { keySigningKey, type KeySigningKeyName } from './signable-zone.ts';
import { withKey } from './zone-dnssec.ts';

export interface ActivateKeySigningKeyCommand extends SignedCommand, KeySigningKeyName {}

/**
 * A key that is active already stays so, because clients repeat requests that got no answer. One that could not be used is used again: whoever
 * gives the command has tried it.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ActivateKeySigningKey.html
 */
export const activateKeySigningKey = dnssecOperation<ActivateKeySigningKeyCommand, 'KeySigningKeyActivated'>({
  operation: 'ActivateKeySigningKey',
  kind: 'KeySigningKeyActivated',
  judge(view, command, now) {
    const found = keySigningKey(view, command);
    if ('refused' in found) return found;
    const { zone, dnssec, key } = found;
    const refusal = otherKeyTroubled(dnssec, key.name);
    if (refusal !== undefined) return refusal;
    if (key.status === 'ACTIVE') return { zone, after: dnssec };
    const { trouble: _, ...rest } = key;
    return { zone, after: withKey(dnssec, { ...rest, status: 'ACTIVE', modifiedAt: now }) };
  },
});
