import {
  closeSync,
  fsyncSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * The secret that every private key in the data is wrapped with. It lives outside the data directory, so that no copy of the data can
 * sign. Its file holds 64 hexadecimal digits; what an operator puts there himself may be base64, too.
 */
export const MASTER_SECRET_OCTETS = 32;

/** Why a master secret cannot be used; the message never holds it. */
export class MasterSecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterSecretError';
  }
}

export function newMasterSecret(): Uint8Array {
  return randomBytes(MASTER_SECRET_OCTETS);
}

/** Throws `MasterSecretError`. */
export function parseMasterSecret(text: string): Uint8Array {
  const trimmed = text.trim();
  if (HEX.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (BASE64.test(trimmed)) return Buffer.from(trimmed, 'base64');
  throw new MasterSecretError(`is not ${MASTER_SECRET_OCTETS} octets in hexadecimal (64 digits) or base64`);
}

const HEX = /^[0-9a-fA-F]{64}$/;
/** 43 characters hold 32 octets when the last one has its two lowest bits unset. */
const BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/;

/** Far more than any form takes: who names a wrong file should not wait for all of it. */
const FILE_OCTETS_MAX = 1024;
const OTHERS = 0o077;

/** What the file holds; undefined when there is none. Throws `MasterSecretError`. */
export function readMasterSecretFile(path: string, dataDirectory: string): Uint8Array | undefined {
  refuseInside(path, dataDirectory);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new MasterSecretError(`cannot read ${path} (${code})`);
  }
  try {
    const { mode, size, isFile } = statOf(fd);
    if (!isFile) throw new MasterSecretError(`${path} is not a file`);
    if ((mode & OTHERS) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(3, '0');
      throw new MasterSecretError(`${path} can be used by others than its owner (mode ${octal}): chmod 600 ${path}`);
    }
    if (size > FILE_OCTETS_MAX) throw new MasterSecretError(`${path} ${WRONG_FORM}`);
    return secretIn(path, readFileSync(fd, 'latin1'));
  } finally {
    closeSync(fd);
  }
}

const WRONG_FORM = `does not hold ${MASTER_SECRET_OCTETS} octets in hexadecimal (64 digits) or base64`;

function statOf(fd: number): { mode: number; size: number; isFile: boolean } {
  const stat = fstatSync(fd);
  return { mode: stat.mode, size: stat.size, isFile: stat.isFile() };
}

function secretIn(path: string, text: string): Uint8Array {
  try {
    return parseMasterSecret(text);
  } catch {
    throw new MasterSecretError(`${path} ${WRONG_FORM}`);
  }
}

/**
 * Keeps a secret that was made just now: whole or not at all, on disk when this returns, and never in another's place. Throws
 * `MasterSecretError`.
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
    try {
      // Unlike a rename, a link takes nobody's place.
      linkSync(unfinished, path);
    } finally {
      rmSync(unfinished);
    }
    const directory = openSync(dirname(resolve(path)), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new MasterSecretError(
      code === 'EEXIST' ? `${path} was made by another process just now` : `cannot make ${path} (${code})`,
    );
  }
}

function refuseInside(path: string, dataDirectory: string): void {
  if (`${real(path)}${sep}`.startsWith(`${real(dataDirectory)}${sep}`)) {
    throw new MasterSecretError(`${path} is inside the data directory, whose copies must not hold it`);
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
