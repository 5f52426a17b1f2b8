import type { KMSClient, KMSServiceException, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { isKmsSpec, KMS_SPECS } from '../core/control/kms/kms-key.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import type { KeyDescription, KeyFailure, KeyFailureReason, KeyService, PublicKey } from './key-service.ts';
import { publicKeyIn, rAndS } from './private-key.ts';

type Sdk = typeof import('@aws-sdk/client-kms');

export interface KmsEndpointOptions {
  readonly endpoint: string;
  /** Left out: those that AWS's SDKs find by themselves, in the environment and elsewhere. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Where the key of a name without a region is: Route 53 takes keys of this one only. */
const REGION = 'us-east-1';
const REGION_IN_ARN = /^arn:[^:]*:kms:([a-z0-9-]+):/;
/** More than AWS has; a client for each is kept, and names come from outside. */
const REGIONS_MAX = 64;
const ATTEMPTS_MAX = 3;
const CONNECT_MILLISECONDS_MAX = 2000;
const ANSWER_MILLISECONDS_MAX = 5000;

/** Keys of a KMS somewhere else. Its client is loaded when a key is first asked for. */
export class KmsEndpointKeyService implements KeyService {
  readonly #options: KmsEndpointOptions;
  /** By region: requests are signed for one. */
  readonly #loading = new Map<string, Promise<{ sdk: Sdk; client: KMSClient }>>();

  constructor(options: KmsEndpointOptions) {
    this.#options = options;
  }

  /** What our credentials may do with the key shows when they do it: Route 53's own service has no part in this. */
  describe(name: string): Promise<KeyDescription | KeyFailure> {
    return this.#asked(name, async ({ sdk, client }) => {
      const { KeyMetadata: key } = await client.send(new sdk.DescribeKeyCommand({ KeyId: name }));
      const spec = key?.KeySpec ?? key?.CustomerMasterKeySpec ?? '';
      return {
        arn: key?.Arn ?? name,
        spec,
        usage: key?.KeyUsage ?? '',
        algorithm: isKmsSpec(spec) ? KMS_SPECS[spec].algorithm : undefined,
        enabled: key?.Enabled ?? false,
        permitted: true,
      };
    });
  }

  publicKey(name: string): Promise<PublicKey | KeyFailure> {
    return this.#asked(name, async ({ sdk, client }) => {
      const { KeySpec: spec = '', PublicKey: info } = await client.send(new sdk.GetPublicKeyCommand({ KeyId: name }));
      const algorithm = isKmsSpec(spec) ? KMS_SPECS[spec].algorithm : undefined;
      const octets = algorithm && info && publicKeyIn(algorithm, info);
      return octets === undefined || algorithm === undefined ? unsuitable(name) : { algorithm, octets };
    });
  }

  async sign(name: string, octets: Uint8Array): Promise<Uint8Array | KeyFailure> {
    const key = await this.publicKey(name);
    return 'failed' in key ? key : this.#asked(name, (loaded) => signature(loaded, name, key.algorithm, octets));
  }

  async close(): Promise<void> {
    for (const loading of this.#loading.values()) (await loading.catch(() => undefined))?.client.destroy();
  }

  async #asked<T>(
    name: string,
    ask: (loaded: { sdk: Sdk; client: KMSClient }) => Promise<T | KeyFailure>,
  ): Promise<T | KeyFailure> {
    const region = REGION_IN_ARN.exec(name)?.[1] ?? REGION;
    let loading = this.#loading.get(region);
    if (loading === undefined) {
      if (this.#loading.size >= REGIONS_MAX) return { failed: 'unavailable', message: 'KMS: too many regions' };
      loading = this.#load(region);
      this.#loading.set(region, loading);
    }
    try {
      return await ask(await loading);
    } catch (error) {
      return failureOf(error as Error);
    }
  }

  async #load(region: string): Promise<{ sdk: Sdk; client: KMSClient }> {
    const sdk = await import('@aws-sdk/client-kms');
    const { endpoint, credentials } = this.#options;
    const client = new sdk.KMSClient({
      endpoint,
      region,
      ...(credentials && { credentials }),
      maxAttempts: ATTEMPTS_MAX,
      requestHandler: {
        connectionTimeout: CONNECT_MILLISECONDS_MAX,
        requestTimeout: ANSWER_MILLISECONDS_MAX,
        throwOnRequestTimeout: true,
      },
    });
    return { sdk, client };
  }
}

async function signature(
  { sdk, client }: { sdk: Sdk; client: KMSClient },
  name: string,
  algorithm: SigningAlgorithm,
  octets: Uint8Array,
): Promise<Uint8Array | KeyFailure> {
  const spec = Object.values(KMS_SPECS).find((each) => each.algorithm === algorithm);
  const { Signature: signed } = await client.send(
    new sdk.SignCommand({
      KeyId: name,
      Message: octets,
      MessageType: 'RAW',
      SigningAlgorithm: spec?.signing as SigningAlgorithmSpec,
    }),
  );
  if (signed === undefined) return unsuitable(name);
  return algorithm === 13 ? rAndS(signed) : signed;
}

function unsuitable(name: string): KeyFailure {
  return { failed: 'unsuitable', message: `${name} is not a key on P-256 or an Ed25519 key that signs.` };
}

/** By the names of KMS's errors; whatever else happens, a network's troubles among it, may be over later. */
const REASONS: Readonly<Record<string, KeyFailureReason>> = {
  NotFoundException: 'not-found',
  InvalidArnException: 'not-found',
  DisabledException: 'disabled',
  KMSInvalidStateException: 'disabled',
  AccessDeniedException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
  CredentialsProviderError: 'denied',
  InvalidKeyUsageException: 'unsuitable',
  UnsupportedOperationException: 'unsuitable',
};

function failureOf({ name, message }: KMSServiceException | Error): KeyFailure {
  return { failed: REASONS[name] ?? 'unavailable', message: `KMS: ${name}${message === '' ? '' : `: ${message}`}` };
}
