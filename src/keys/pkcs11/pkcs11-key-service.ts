import { createHash } from 'node:crypto';
import type { SigningAlgorithm } from '../../core/dnssec/zone-signing.ts';
import { soon } from '../deadline.ts';
import type { KeyDescription, KeyFailure, KeyService, PublicKey } from '../key-service.ts';
import { PUBLIC_KEY_OCTETS } from '../private-key.ts';
import { Token, TokenError, type TokenKey, type TokenOptions } from './token.ts';

/** What a key in a token is named by, in the form that AWS's clients let pass: its label behind this. */
export const PKCS11_ARN = 'arn:aws:pkcs11:::key/';

/** Key types, mechanisms and curves of the algorithms (PKCS #11 v3.0 §6.3): DER of the curve, by its OID or by its name. */
const KINDS: Readonly<
  Record<SigningAlgorithm, { spec: string; type: number; mechanism: number; curves: readonly string[] }>
> = {
  13: { spec: 'ECC_NIST_P256', type: 0x3, mechanism: 0x1041, curves: ['06082a8648ce3d030107'] },
  15: {
    spec: 'ECC_NIST_EDWARDS25519',
    type: 0x40,
    mechanism: 0x1057,
    curves: ['06032b6570', '130c656477617264733235353139'],
  },
};

/** A hardware module answers in some milliseconds, over a network in some tens. */
const ANSWER_MILLISECONDS_MAX = 10_000;

const CLOSE_MILLISECONDS_MAX = 2000;

/** Keys in a PKCS #11 token. */
export class Pkcs11KeyService implements KeyService {
  readonly #token: Token;

  constructor(options: TokenOptions) {
    this.#token = new Token(options);
  }

  describe(name: string): Promise<KeyDescription | KeyFailure> {
    return answered(async () => {
      const key = await this.#token.key(labelIn(name));
      const algorithm = algorithmOf(key);
      return {
        arn: name,
        spec: algorithm === undefined ? 'unknown' : KINDS[algorithm].spec,
        usage: 'SIGN_VERIFY',
        algorithm,
        enabled: key.signs,
        permitted: true,
      };
    });
  }

  publicKey(name: string): Promise<PublicKey | KeyFailure> {
    return answered(async () => {
      const key = await this.#token.key(labelIn(name));
      const algorithm = signingAlgorithm(name, key);
      return { algorithm, octets: pointOf(algorithm, key) };
    });
  }

  sign(name: string, octets: Uint8Array): Promise<Uint8Array | KeyFailure> {
    return answered(async () => {
      const algorithm = signingAlgorithm(name, await this.#token.key(labelIn(name)));
      const signed = algorithm === 13 ? createHash('sha256').update(octets).digest() : octets;
      return this.#token.sign(labelIn(name), KINDS[algorithm].mechanism, signed);
    });
  }

  /** A module that hangs must not keep a member from stopping. */
  close(): Promise<void> {
    return soon(this.#token.close(), CLOSE_MILLISECONDS_MAX, () => new Error('the module hangs')).catch(() => {});
  }
}

async function answered<T>(action: () => Promise<T>): Promise<T | KeyFailure> {
  try {
    return await soon(action(), ANSWER_MILLISECONDS_MAX, () => {
      return new TokenError('unavailable', 'The PKCS #11 token did not answer in time.');
    });
  } catch (error) {
    if (error instanceof TokenError) return { failed: error.reason, message: error.message };
    throw error;
  }
}

function labelIn(name: string): string {
  if (!name.startsWith(PKCS11_ARN)) throw new TokenError('not-found', `${name} is not ${PKCS11_ARN}LABEL.`);
  return name.slice(PKCS11_ARN.length);
}

function signingAlgorithm(name: string, key: TokenKey): SigningAlgorithm {
  const algorithm = algorithmOf(key);
  if (algorithm !== undefined) return algorithm;
  throw new TokenError('unsuitable', `${name} is neither a key on P-256 nor an Ed25519 key.`);
}

function algorithmOf(key: TokenKey): SigningAlgorithm | undefined {
  const curve = Buffer.from(key.curve).toString('hex');
  return ([13, 15] as const).find((each) => KINDS[each].type === key.type && KINDS[each].curves.includes(curve));
}

/** Tokens give a point in an OCTET STRING, or some as it is; one of P-256 begins with 4. */
function pointOf(algorithm: SigningAlgorithm, { point }: TokenKey): Uint8Array {
  const octets = PUBLIC_KEY_OCTETS[algorithm];
  const head = point.subarray(0, point.length - octets);
  const heads = algorithm === 13 ? ['044104', '04'] : ['0420', ''];
  if (point.length >= octets && heads.includes(Buffer.from(head).toString('hex'))) return point.subarray(-octets);
  throw new TokenError('unsuitable', 'The PKCS #11 token gives a public key in a form that is not known.');
}
