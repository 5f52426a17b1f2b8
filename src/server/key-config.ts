import { existsSync } from 'node:fs';
import { parseMasterSecret } from '../keys/master-secret.ts';
import { SecretError } from '../keys/private-file.ts';
import { ConfigError } from './config-error.ts';

/** Private keys: name → [default, what it is]. */
export const keySettings = {
  WAYPOST_MASTER_KEY_FILE: [
    '',
    'file of the master key, which private keys are wrapped with; beside the data directory (./data.master-key) and made on first start unless set',
  ],
  WAYPOST_MASTER_KEY: ['', 'the master key itself, 32 octets in hexadecimal or base64, instead of a file'],
  WAYPOST_KMS_ENDPOINT: [
    '',
    'URL of a KMS whose keys may sign zones, too, such as https://kms.us-east-1.amazonaws.com; with the credentials that AWS clients find',
  ],
  WAYPOST_PKCS11_MODULE: ['', 'shared library of a PKCS #11 token whose keys may sign zones, too'],
  WAYPOST_PKCS11_TOKEN: ['', "the token's label, where the module has several"],
  WAYPOST_PKCS11_PIN_FILE: ['', 'file of its PIN, readable by its owner only'],
} as const satisfies Record<string, readonly [string, string]>;

export type KeySetting = keyof typeof keySettings;

/** Settings that are secrets of such weight that they are no flags: whoever lists the processes of a host sees their arguments. */
export const ENVIRONMENT_ONLY: ReadonlySet<string> = new Set(['WAYPOST_MASTER_KEY'] satisfies KeySetting[]);

export interface KeyConfig {
  /** The operator's own master secret, or the file that holds it. */
  readonly master: { readonly secret: Uint8Array } | { readonly file: string };
  /** A KMS somewhere else. */
  readonly kmsEndpoint: string | undefined;
  readonly pkcs11:
    | { readonly module: string; readonly token: string | undefined; readonly pinFile: string }
    | undefined;
}

/** Throws `ConfigError`. */
export function readKeyConfig(dataDirectory: string, value: (setting: KeySetting) => string): KeyConfig {
  return {
    master: masterOf(dataDirectory, value('WAYPOST_MASTER_KEY'), value('WAYPOST_MASTER_KEY_FILE')),
    kmsEndpoint: kmsEndpointOf(value('WAYPOST_KMS_ENDPOINT')),
    pkcs11: pkcs11Of(value),
  };
}

function masterOf(dataDirectory: string, text: string, file: string): KeyConfig['master'] {
  if (text === '') return { file: file === '' ? `${dataDirectory.replace(/(.)\/+$/, '$1')}.master-key` : file };
  if (file !== '') throw new ConfigError('WAYPOST_MASTER_KEY', 'goes without WAYPOST_MASTER_KEY_FILE');
  try {
    return { secret: parseMasterSecret(text) };
  } catch (error) {
    if (error instanceof SecretError) throw new ConfigError('WAYPOST_MASTER_KEY', error.message);
    throw error;
  }
}

function kmsEndpointOf(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.parse(text);
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '') return text;
  throw new ConfigError('WAYPOST_KMS_ENDPOINT', `'${text}' is not a URL like https://kms.us-east-1.amazonaws.com`);
}

function pkcs11Of(value: (setting: KeySetting) => string): KeyConfig['pkcs11'] {
  const [module, pinFile, token] = (
    ['WAYPOST_PKCS11_MODULE', 'WAYPOST_PKCS11_PIN_FILE', 'WAYPOST_PKCS11_TOKEN'] as const
  ).map(value) as [string, string, string];
  if (module === '') {
    if (pinFile !== '') throw new ConfigError('WAYPOST_PKCS11_MODULE', 'is needed with WAYPOST_PKCS11_PIN_FILE');
    if (token !== '') throw new ConfigError('WAYPOST_PKCS11_MODULE', 'is needed with WAYPOST_PKCS11_TOKEN');
    return undefined;
  }
  if (!existsSync(module)) throw new ConfigError('WAYPOST_PKCS11_MODULE', `${module} is not there`);
  if (pinFile === '') throw new ConfigError('WAYPOST_PKCS11_PIN_FILE', 'is needed with WAYPOST_PKCS11_MODULE');
  return { module, pinFile, token: token || undefined };
}
