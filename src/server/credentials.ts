import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credential } from '../api/signature/verify.ts';
import type { Config } from './config.ts';

/** The first access key: the operator's own, or one made on the first start and kept in the data directory. */
export interface FirstCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Made just now: the only time that it is shown. */
  readonly fresh: boolean;
}

export const CREDENTIALS_FILE = 'credentials.json';
/** The account's own user, until there are others. */
const PRINCIPAL = 'admin';

export function firstCredential(config: Config): FirstCredential {
  if (config.credential !== undefined) return { ...config.credential, fresh: false };
  const file = join(config.dataDirectory, CREDENTIALS_FILE);
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { accessKeyId: string; secretAccessKey: string };
    return { accessKeyId: kept.accessKeyId, secretAccessKey: kept.secretAccessKey, fresh: false };
  }
  const made = {
    accessKeyId: `WPAK${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  writeFileSync(`${file}.new`, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return { ...made, fresh: true };
}

export function credentialLookup(first: FirstCredential): (accessKeyId: string) => Credential | undefined {
  return (accessKeyId) =>
    accessKeyId === first.accessKeyId ? { secretAccessKey: first.secretAccessKey, principal: PRINCIPAL } : undefined;
}
