import {
  published,
  signingWithNext,
  stepOf,
  withdrawn,
  type Step,
  type ZoneKey,
  type ZoneKeys,
} from '../../dnssec/zone-keys.ts';
import { refuse, type Refusal } from '../operation.ts';
import type { HostedZone } from '../tables.ts';
import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { otherKeyTroubled } from './other-key-troubled.ts';
import { keyJitter } from './rollover-jitter.ts';
import { signingZone } from './signing-zone.ts';

export interface RollZoneSigningKeyCommand extends SignedCommand {
  readonly step: Step;
  /** The new key, to publish it. */
  readonly zoneKey?: ZoneKey;
}

/** The next step of changing over to a new zone-signing key; never before it is due, and not while a key-signing key cannot sign. */
export const rollZoneSigningKey = dnssecOperation<RollZoneSigningKeyCommand, 'ZoneSigningKeyRolled'>({
  operation: 'RollZoneSigningKey',
  kind: 'ZoneSigningKeyRolled',
  byTime: true,
  judge(view, command, now) {
    const found = signingZone(view, command.hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec, signing } = found;
    if (stepOf(signing.keys) !== command.step || signing.keys.stepAt > now) return notDue(zone, command.step);
    const keys = otherKeyTroubled(dnssec) ?? stepped(zone, signing.keys, command, now);
    return 'refused' in keys ? keys : { zone, after: { ...dnssec, signing: { ...signing, keys } } };
  },
});

function notDue({ id }: HostedZone, step: Step): Refusal {
  return refuse('InvalidSigningStatus', `The zone-signing key of hosted zone ${id} is not at the step '${step}'`);
}

function stepped(
  zone: HostedZone,
  keys: ZoneKeys,
  { step, zoneKey }: RollZoneSigningKeyCommand,
  now: number,
): ZoneKeys | Refusal {
  switch (step) {
    case 'publish':
      if (zoneKey === undefined || zoneKey.algorithm !== keys.signer.algorithm) return notDue(zone, step);
      return published(keys, zoneKey, now);
    case 'sign':
      return signingWithNext(keys, now);
    case 'withdraw':
      return withdrawn(keys, now, keyJitter(zone, keys.signer));
  }
}
