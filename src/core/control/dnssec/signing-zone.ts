import { refuse, type Refusal } from '../operation.ts';
import type { View } from '../view.ts';
import { signableZone, type SignableZone } from './signable-zone.ts';
import type { Signing } from './zone-dnssec.ts';

export interface SigningZone extends SignableZone {
  readonly signing: Signing;
}

/** For what time makes due: a zone that does not sign any more has nothing due. */
export function signingZone(view: View, id: string): SigningZone | Refusal {
  const found = signableZone(view, id);
  if ('refused' in found) return found;
  const { signing } = found.dnssec;
  return signing === undefined
    ? refuse('InvalidSigningStatus', `Hosted zone ${id} does not serve signatures`)
    : { ...found, signing };
}
