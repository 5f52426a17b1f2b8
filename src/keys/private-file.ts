import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Why a secret cannot be used; the message never holds it. */
export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/** Far more than any secret takes: who names a wrong file should not wait for all of it. */
const OCTETS_MAX = 1024;
const OTHERS = 0o077;

/** What a file holds that nobody but its owner can use; undefined when there is none. Throws `SecretError`. */
export function readPrivateFile(path: string): string | undefined {
  let fd: number;
  try {
    // A pipe that nobody writes to would be waited for.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new SecretError(`cannot read ${path} (${code})`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new SecretError(`${path} is not a file`);
    if ((stat.mode & OTHERS) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(3, '0');
      throw new SecretError(`${path} can be used by others than its owner (mode ${mode}): chmod 600 ${path}`);
    }
    if (stat.size > OCTETS_MAX) throw new SecretError(`${path} is longer than any secret`);
    return readFileSync(fd, 'latin1');
  } finally {
    closeSync(fd);
  }
}
