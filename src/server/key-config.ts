import { MasterSecretError, parseMasterSecret } from '../keys/master-secret.ts';
import { ConfigError } from './config-error.ts';

/** Private keys: name → [default, what it is]. */
export const keySettings = {
  WAYPOST_MASTER_KEY_FILE: [
    '',
    'file of the master key, which private keys are wrapped with; beside the data directory (./data.master-key) and made on first start unless set',
  ],
  WAYPOST_MASTER_KEY: ['', 'the master key itself, 32 octets in hexadecimal or base64, instead of a file'],
} as const satisfies Record<string, readonly [string, string]>;

export type KeySetting = keyof typeof keySettings;

/** Settings that are secrets of such weight that they are no flags: whoever lists the processes of a host sees their arguments. */
export const ENVIRONMENT_ONLY: ReadonlySet<string> = new Set(['WAYPOST_MASTER_KEY'] satisfies KeySetting[]);

export interface KeyConfig {
  /** The operator's own master secret, or the file that holds it. */
  readonly master: { readonly secret: Uint8Array } | { readonly file: string };
}

/** Throws `ConfigError`. */
export function readKeyConfig(dataDirectory: string, value: (setting: KeySetting) => string): KeyConfig {
  return { master: masterOf(dataDirectory, value('WAYPOST_MASTER_KEY'), value('WAYPOST_MASTER_KEY_FILE')) };
}

function masterOf(dataDirectory: string, text: string, file: string): KeyConfig['master'] {
  if (text === '') return { file: file === '' ? `${dataDirectory.replace(/(.)\/+$/, '$1')}.master-key` : file };
  if (file !== '') throw new ConfigError('WAYPOST_MASTER_KEY', 'goes without WAYPOST_MASTER_KEY_FILE');
  try {
    return { secret: parseMasterSecret(text) };
  } catch (error) {
    if (error instanceof MasterSecretError) throw new ConfigError('WAYPOST_MASTER_KEY', error.message);
    throw error;
  }
}
