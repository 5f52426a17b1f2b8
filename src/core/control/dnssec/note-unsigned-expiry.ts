import { refuse } from '../operation.ts';
import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { signingZone } from './signing-zone.ts';
import { cachedUntil } from './unsigned-expiry.ts';

/** Milliseconds since the epoch. */
export interface NoteUnsignedExpiryCommand extends SignedCommand {
  /** When the zone began to sign, as it was when somebody looked. */
  readonly since: number;
  /** What `findUnsignedUntil` found. */
  readonly until: number;
}

/** How long caches may have answers without signatures was found out, which takes too long for whoever enables signing. */
export const noteUnsignedExpiry = dnssecOperation<NoteUnsignedExpiryCommand, 'UnsignedExpiryNoted'>({
  operation: 'NoteUnsignedExpiry',
  kind: 'UnsignedExpiryNoted',
  byTime: true,
  judge(view, { hostedZoneId, since, until }) {
    const found = signingZone(view, hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec, signing } = found;
    if (signing.since !== since) {
      return refuse('InvalidSigningStatus', `Hosted zone ${zone.id} began to sign anew meanwhile`);
    }
    const unsignedUntil = Math.min(Math.max(until, since), cachedUntil(since, Infinity));
    return { zone, after: { ...dnssec, signing: { ...signing, unsignedUntil } } };
  },
});
