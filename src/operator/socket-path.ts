import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** The operator's door of a member: a Unix socket in its data directory. */
export const SOCKET_FILE = 'operator.sock';

/** `sun_path` has 108 octets on Linux, 104 elsewhere, the zero at its end among them. */
const PATH_OCTETS_MAX = 103;

/**
 * Calls `use` with a path of the socket that the kernel takes. A data directory may lie deeper than a socket's address can say; then
 * the way leads through the directory's descriptor.
 */
export async function withSocketPath<T>(directory: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(directory, SOCKET_FILE);
  if (Buffer.byteLength(path) <= PATH_OCTETS_MAX) return use(path);
  const fd = openSync(directory, 'r');
  try {
    return await use(`/proc/self/fd/${fd}/${SOCKET_FILE}`);
  } finally {
    closeSync(fd);
  }
}
