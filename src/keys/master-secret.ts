import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { readPrivateFile, SecretError } from './private-file.ts';

/**
 * The secret that every private key in the data is wrapped with. It lives outside the data directory, so that no copy of the data can
 * sign. Its file holds 64 hexadecimal digits; what an operator puts there himself may be base64, too.
 */
export const MASTER_SECRET_OCTETS = 32;

export function newMasterSecret(): Uint8Array {
  return randomBytes(MASTER_SECRET_OCTETS);
}

/** Throws `SecretError`. */
export function parseMasterSecret(text: string): Uint8Array {
  const secret = secretIn(text);
  if (secret !== undefined) return secret;
  throw new SecretError(`is not ${MASTER_SECRET_OCTETS} octets in hexadecimal (64 digits) or base64`);
}

function secretIn(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (HEX.test(trimmed)) return Buffer.from(trimmed, 'hex');
  return BASE64.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined;
}

const HEX = /^[0-9a-fA-F]{64}$/;
/** 43 characters hold 32 octets when the last one has its two lowest bits unset. */
const BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/;

/** What the file holds; undefined when there is none. Throws `SecretError`. */
export function readMasterSecretFile(path: string, dataDirectory: string): Uint8Array | undefined {
  refuseInside(path, dataDirectory);
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const secret = secretIn(text);
  if (secret !== undefined) return secret;
  throw new SecretError(`${path} does not hold ${MASTER_SECRET_OCTETS} octets in hexadecimal (64 digits) or base64`);
}

/**
 * Keeps a secret that was made just now: whole or not at all, on disk when this returns, and never in another's place. Throws
 * `SecretError`.
 */
export function keepMasterSecretFile(path: string, secret: Uint8Array): void {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    const fd = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(fd, `${Buffer.from(secret).toString('hex')}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    // Unlike a rename, a link takes nobody's place.
    linkSync(unfinished, path);
    rmSync(unfinished);
    const directory = openSync(dirname(resolve(path)), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new SecretError(
      code === 'EEXIST' ? `${path} was made by another process just now` : `cannot make ${path} (${code})`,
    );
  }
}

function refuseInside(path: string, dataDirectory: string): void {
  if (`${real(path)}${sep}`.startsWith(`${real(dataDirectory)}${sep}`)) {
    throw new SecretError(`${path} is inside the data directory, whose copies must not hold it`);
  }
}

/** Without symbolic links, as far as the path is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const absolute = resolve(path);
    return dirname(absolute) === absolute ? absolute : join(real(dirname(absolute)), basename(absolute));
  }
}
