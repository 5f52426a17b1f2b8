import type { KeyObject } from 'node:crypto';
import type { SigningKey, ZoneSigner } from '../core/dnssec/zone-signing.ts';
import { importPrivateKey, PRIVATE_KEY_OCTETS, signWith } from './private-key.ts';
import { Wrapping } from './wrapping.ts';
import { zoneKeyId } from './zone-keys.ts';

/** Of one thread: a key takes some two kilobytes, and unwrapping it again as long as four signatures. */
const KEYS_MAX = 4096;

/** Signs with zone-signing keys in this thread. `wrappingKey` is that of their purpose: no other key can be unwrapped with it. */
export function createZoneSigner(wrappingKey: Uint8Array, keysMax = KEYS_MAX): ZoneSigner {
  const wrapping = new Wrapping(wrappingKey);
  // Two generations: a key that is used moves to the younger one, and the elder is dropped whole when that is full.
  let young = new Map<string, KeyObject>();
  let old = new Map<string, KeyObject>();

  const keyOf = (signing: SigningKey): KeyObject | undefined => {
    const found = young.get(signing.wrapped);
    if (found !== undefined) return found;
    const key = old.get(signing.wrapped) ?? unwrapped(wrapping, signing);
    if (key === undefined) return undefined;
    if (young.size >= keysMax / 2) [old, young] = [young, new Map()];
    young.set(signing.wrapped, key);
    return key;
  };

  return {
    sign(signing, octets) {
      const key = keyOf(signing);
      return key && signWith(signing.algorithm, key, octets);
    },
  };
}

function unwrapped(wrapping: Wrapping, signing: SigningKey): KeyObject | undefined {
  const privateKey = wrapping.unwrap(zoneKeyId(signing), signing.wrapped);
  if (privateKey?.length !== PRIVATE_KEY_OCTETS) return undefined;
  const key = importPrivateKey(signing.algorithm, privateKey);
  privateKey.fill(0);
  return key;
}
