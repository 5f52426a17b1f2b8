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

/** Route 53 takes keys of this region only. */
const REGION = 'us-east-1';
const ATTEMPTS_MAX = 3;
const CONNECT_MILLISECONDS_MAX = 2000;
const ANSWER_MILLISECONDS_MAX = 5000;

/** Keys of a KMS somewhere else. Its client is loaded when a key is first asked for. */
export class KmsEndpointKeyService implements KeyService {
  readonly #options: KmsEndpointOptions;
  #loading: Promise<{ sdk: Sdk; client: KMSClient }> | undefined;

  constructor(options: KmsEndpointOptions) {
    this.#options = options;
  }

  /** What our credentials may do with the key shows when they do it: Route 53's own service has no part in this. */
  describe(name: string): Promise<KeyDescription | KeyFailure> {
    return this.#asked(async ({ sdk, client }) => {
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
    return this.#asked(async ({ sdk, client }) => {
      const { KeySpec: spec = '', PublicKey: info } = await client.send(new sdk.GetPublicKeyCommand({ KeyId: name }));
      const algorithm = isKmsSpec(spec) ? KMS_SPECS[spec].algorithm : undefined;
      const octets = algorithm && info && publicKeyIn(algorithm, info);
      return octets === undefined || algorithm === undefined ? unsuitable(name) : { algorithm, octets };
    });
  }

  async sign(name: string, octets: Uint8Array): Promise<Uint8Array | KeyFailure> {
    const key = await this.publicKey(name);
    return 'failed' in key ? key : this.#asked((loaded) => signature(loaded, name, key.algorithm, octets));
  }

  async close(): Promise<void> {
    const loaded = await this.#loading?.catch(() => undefined);
    loaded?.client.destroy();
  }

  async #asked<T>(ask: (loaded: { sdk: Sdk; client: KMSClient }) => Promise<T | KeyFailure>): Promise<T | KeyFailure> {
    try {
      return await ask(await (this.#loading ??= this.#load()));
    } catch (error) {
      return failureOf(error as Error);
    }
  }

  async #load(): Promise<{ sdk: Sdk; client: KMSClient }> {
    const sdk = await import('@aws-sdk/client-kms');
    const { endpoint, credentials } = this.#options;
    const client = new sdk.KMSClient({
      endpoint,
      region: REGION,
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
