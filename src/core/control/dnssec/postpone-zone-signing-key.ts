import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { signingZone } from './signing-zone.ts';

export interface PostponeZoneSigningKeyCommand extends SignedCommand {
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The next step of a rollover is not to be taken before: whoever counts the time has reason to doubt it. */
export const postponeZoneSigningKey = dnssecOperation<PostponeZoneSigningKeyCommand, 'ZoneSigningKeyPostponed'>({
  operation: 'PostponeZoneSigningKey',
  kind: 'ZoneSigningKeyPostponed',
  byTime: true,
  judge(view, { hostedZoneId, until }) {
    const found = signingZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec, signing } = found;
    const keys = { ...signing.keys, stepAt: Math.max(signing.keys.stepAt, until) };
    return { zone, after: { ...dnssec, signing: { ...signing, keys } } };
  },
});
