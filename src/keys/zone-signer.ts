import type { SigningKey, ZoneSigner } from '../core/dnssec/zone-signing.ts';
import { holdKey, type HeldKey } from './held-key.ts';
import { PRIVATE_KEY_OCTETS } from './private-key.ts';
import { Wrapping } from './wrapping.ts';
import { zoneKeyId } from './zone-keys.ts';

/** Of one thread: a key takes some two kilobytes, and unwrapping it again as long as four signatures. */
const KEYS_MAX = 4096;

/** Signs with zone-signing keys in this thread. `wrappingKey` is that of their purpose: no other key can be unwrapped with it. */
export function createZoneSigner(wrappingKey: Uint8Array, keysMax = KEYS_MAX): ZoneSigner {
  const wrapping = new Wrapping(wrappingKey);
  // Two generations: a key that is used moves to the younger one, and the elder is released whole when that is full.
  let young = new Map<string, HeldKey>();
  let old = new Map<string, HeldKey>();

  const keyOf = (signing: SigningKey): HeldKey | undefined => {
    const { wrapped } = signing;
    const found = young.get(wrapped);
    if (found !== undefined) return found;
    const key = old.get(wrapped) ?? unwrapped(wrapping, signing);
    if (key === undefined) return undefined;
    old.delete(wrapped);
    if (young.size >= keysMax / 2) {
      for (const each of old.values()) each.release();
      [old, young] = [young, new Map()];
    }
    young.set(wrapped, key);
    return key;
  };

  return { sign: (signing, octets) => keyOf(signing)?.sign(octets) };
}

function unwrapped(wrapping: Wrapping, signing: SigningKey): HeldKey | undefined {
  const privateKey = wrapping.unwrap(zoneKeyId(signing), signing.wrapped);
  if (privateKey?.length !== PRIVATE_KEY_OCTETS) return undefined;
  const key = holdKey(signing.algorithm, privateKey);
  privateKey.fill(0);
  return key;
}
