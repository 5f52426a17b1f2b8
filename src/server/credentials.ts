import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credential } from '../api/signature/verify.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';

/** The first access key: the operator's own, or one made on the first start and kept in the data directory. */
export interface FirstCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Made just now, and the only time that it is shown; or kept since; or the operator's own. */
  readonly from: 'made' | 'kept' | 'settings';
}

export const CREDENTIALS_FILE = 'credentials.json';
/** The account's own user, until there are others. */
const PRINCIPAL = 'admin';

/** Nothing is kept yet: a start that fails must not leave a key behind that nobody was shown. */
export function firstCredential(config: Config): FirstCredential {
  if (config.credential !== undefined) return { ...config.credential, from: 'settings' };
  const file = join(config.dataDirectory, CREDENTIALS_FILE);
  if (existsSync(file)) {
    return { ...readKept(file), from: 'kept' };
  }
  return {
    accessKeyId: `WPAK${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
    from: 'made',
  };
}

/** Keeps a key that was made just now, for the starts to come. */
export function keepCredential(config: Config, { accessKeyId, secretAccessKey, from }: FirstCredential): void {
  if (from !== 'made') return;
  const file = join(config.dataDirectory, CREDENTIALS_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify({ accessKeyId, secretAccessKey })}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readKept(file: string): { accessKeyId: string; secretAccessKey: string } {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return { accessKeyId, secretAccessKey };
  } catch {
    // Said below, as for a file that holds something else.
  }
  throw new ConfigError(
    'WAYPOST_DATA',
    `${file} holds no access key; put it back, or remove it to have a new one made`,
  );
}

export function credentialLookup(first: FirstCredential): (accessKeyId: string) => Credential | undefined {
  return (accessKeyId) =>
    accessKeyId === first.accessKeyId ? { secretAccessKey: first.secretAccessKey, principal: PRINCIPAL } : undefined;
}
