import type { SigningNeeds, NeededSet } from '../core/control/dnssec/signing-needs.ts';
import type { KeySigningKey } from '../core/control/dnssec/zone-dnssec.ts';
import { parseName, type Name } from '../core/dns/name.ts';
import { rrsig } from '../core/dns/rdata/rrsig.ts';
import { typeCode } from '../core/dns/record-type.ts';
import { validityOfTurn } from '../core/dnssec/ahead.ts';
import { octetsToSign, rrsetOfValues, rrsigFields } from '../core/dnssec/rrset-signature.ts';
import type { SignedAhead, SignedPeriod } from '../core/dnssec/zone-signing.ts';
import { isKeyFailure, type KeyFailure, type KeyService } from '../keys/key-service.ts';
import { isSignature } from '../keys/private-key.ts';

/** A key-signing key that did not sign. */
export interface KeyProblem {
  readonly key: KeySigningKey;
  readonly failure: KeyFailure;
}

/** The key service did not do what is needed. */
export interface Unsigned {
  readonly unsigned: readonly [KeyProblem, ...KeyProblem[]];
}

/** Signatures asked of a key service at once for one zone: a service elsewhere takes some ten milliseconds for each. */
const AT_ONCE = 8;

interface Task {
  readonly set: NeededSet;
  readonly from: number;
  readonly key: KeySigningKey;
}

/** Has made what a zone needs, or says which keys could not: whatever a service gives is checked before anyone is served it. */
export async function signAhead(needs: SigningNeeds, keys: KeyService): Promise<readonly SignedAhead[] | Unsigned> {
  const name = parseName(needs.zoneName, 'route53');
  const tasks: Task[] = needs.sets.flatMap((set) =>
    set.turns.flatMap((from) => needs.signers.map((key) => ({ set, from, key }))),
  );
  const texts = new Map<Task, string>();
  const problems = new Map<KeySigningKey, KeyFailure>();
  const left = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of left) {
      if (problems.has(task.key)) continue;
      const signature = await signOne(name, needs.zoneId, task, keys);
      if (typeof signature === 'string') texts.set(task, signature);
      else problems.set(task.key, signature);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const [first, ...others] = [...problems].map(([key, failure]) => ({ key, failure }));
  if (first !== undefined) return { unsigned: [first, ...others] };
  return needs.sets.map(({ turns, ...set }) => ({
    ...set,
    periods: turns.map((from): SignedPeriod => {
      const own = tasks.filter((task) => task.set.type === set.type && task.from === from);
      return { from, signatures: own.map((task) => texts.get(task) ?? '') };
    }),
  }));
}

/** The RRSIG in presentation format. */
async function signOne(
  name: Name,
  zoneId: string,
  { set, from, key }: Task,
  keys: KeyService,
): Promise<string | KeyFailure> {
  const rrset = rrsetOfValues(name, typeCode(set.type) ?? 0, set.ttlSeconds, set.values);
  const { algorithm, keyTag } = key;
  const fields = rrsigFields(rrset, { signer: name, algorithm, keyTag, ...validityOfTurn(from) });
  const octets = octetsToSign(fields, rrset).slice();
  const signature = await keys.sign(key.kmsArn, octets, zoneId);
  if (isKeyFailure(signature)) return signature;
  if (isSignature(algorithm, Buffer.from(key.publicKey, 'base64'), octets, signature)) {
    return rrsig.print({ ...fields, signature });
  }
  return { failed: 'unsuitable', message: 'what it signs is not of the key that the zone was given' };
}

/** Nothing that a DNS message could hold. */
const TRIAL = new TextEncoder().encode('waypost: can this key sign?');

/** Why a key cannot sign, or that it can. */
export async function trySigning(
  key: KeySigningKey,
  zoneId: string,
  keys: KeyService,
): Promise<KeyFailure | undefined> {
  const signature = await keys.sign(key.kmsArn, TRIAL, zoneId);
  return isKeyFailure(signature) ? signature : undefined;
}
