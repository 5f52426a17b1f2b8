import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { printBase64 } from '../../src/core/dns/field-reader.ts';
import type { Name } from '../../src/core/dns/name.ts';
import { printRdata } from '../../src/core/dns/rdata-types.ts';
import type { Dnskey } from '../../src/core/dns/rdata/dnskey.ts';
import { TYPE, typeCode } from '../../src/core/dns/record-type.ts';
import { dnskeyOf, dnskeyText, dsText, KEY_FLAGS, keyTag } from '../../src/core/dnssec/keys.ts';
import { octetsToSign, rrsetOfValues, rrsigFields } from '../../src/core/dnssec/rrset-signature.ts';
import type { SignedAhead, SigningAlgorithm, ZoneSigner, ZoneSigning } from '../../src/core/dnssec/zone-signing.ts';

/** Keys that are the same in every run, by a number. Signatures of Ed25519 are, too. */
interface TestKey {
  readonly dnskey: Dnskey;
  readonly privateKey: KeyObject;
}

const PKCS8_PREFIX = {
  13: '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
  15: '302e020100300506032b657004220420',
} as const satisfies Record<SigningAlgorithm, string>;

function testKey(flags: number, algorithm: SigningAlgorithm, seed: number): TestKey {
  const der = Buffer.concat([Buffer.from(PKCS8_PREFIX[algorithm], 'hex'), Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { dnskey: dnskeyOf(flags, algorithm, new Uint8Array(publicKey)), privateKey };
}

function signWith({ dnskey, privateKey }: TestKey, octets: Uint8Array): Uint8Array {
  return new Uint8Array(
    sign(dnskey.algorithm === 13 ? 'sha256' : null, octets, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  );
}

const zoneKeys = new Map<string, TestKey>();

/** What `wrapped` says is the key's place here; a key that was made nowhere here cannot be used. */
export const testSigner: ZoneSigner = {
  sign(key, octets) {
    const found = zoneKeys.get(key.wrapped);
    return found && signWith(found, octets);
  },
};

export interface TestSigning {
  readonly signing: ZoneSigning;
  /** As the parent's DS says it, apart from the digest: the key that all begins with. */
  readonly keySigningKey: Dnskey;
}

export interface TestSigningOptions {
  readonly algorithm?: SigningAlgorithm;
  /** Which zone-signing key of all signs. */
  readonly seed?: number;
  /** Which one signed before and is still published. */
  readonly former?: number;
  /** Seconds since the epoch: the signatures of the apex count from here for four weeks, and others from a week later on. */
  readonly from?: number;
  readonly cds?: boolean;
}

const WEEK_SECONDS = 7 * 86_400;

export function testSigning(
  apex: Name,
  { algorithm = 15, seed = 1, former, from = 0, cds = false }: TestSigningOptions = {},
): TestSigning {
  const zoneKey = testKey(KEY_FLAGS.ZONE_SIGNING, algorithm, seed);
  const keySigningKey = testKey(KEY_FLAGS.KEY_SIGNING, algorithm, 99);
  const wrapped = `${algorithm}/${seed}`;
  zoneKeys.set(wrapped, zoneKey);
  const signAhead = (type: string, values: readonly string[]): SignedAhead => ({
    type,
    ttlSeconds: 3600,
    values,
    periods: [from, from + WEEK_SECONDS].map((begin) => ({
      from: begin,
      signatures: [signatureOf(apex, keySigningKey, type, values, begin)],
    })),
  });
  const formerKey = former === undefined ? undefined : testKey(KEY_FLAGS.ZONE_SIGNING, algorithm, former);
  const published = [keySigningKey, formerKey, zoneKey].filter((key) => key !== undefined);
  const digest = new Uint8Array(32).fill(0xab);
  return {
    keySigningKey: keySigningKey.dnskey,
    signing: {
      signer: { tag: keyTag(zoneKey.dnskey), algorithm, wrapped },
      ...(formerKey === undefined ? {} : { formerTag: keyTag(formerKey.dnskey) }),
      signedAhead: [
        signAhead(
          'DNSKEY',
          published.map(({ dnskey }) => dnskeyText(dnskey)),
        ),
        ...(cds
          ? [
              signAhead('CDS', [dsText(keySigningKey.dnskey, 2, digest)]),
              signAhead('CDNSKEY', [dnskeyText(keySigningKey.dnskey)]),
            ]
          : []),
      ],
    },
  };
}

function signatureOf(apex: Name, key: TestKey, type: string, values: readonly string[], from: number): string {
  const rrset = rrsetOfValues(apex, typeCode(type) as number, 3600, values);
  const { algorithm } = key.dnskey;
  const times = { inception: Math.max(from - 3600, 0), expiration: from + 4 * WEEK_SECONDS };
  const fields = rrsigFields(rrset, { signer: apex, algorithm, keyTag: keyTag(key.dnskey), ...times });
  const signature = signWith(key, octetsToSign(fields, rrset));
  return printRdata(TYPE.RRSIG, { ...fields, signature }, 'zone-file');
}

/** For messages that say which key was meant. */
export function keyName(key: Dnskey): string {
  return `${keyTag(key)}/${printBase64(key.publicKey).slice(0, 6)}`;
}
