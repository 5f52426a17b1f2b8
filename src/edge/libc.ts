import { constants } from 'node:os';
import koffi from 'koffi';

/**
 * glibc, called from TypeScript: what datagrams and streams both need of it. Layouts are those of LP64 Linux; every other system takes
 * the node:dgram and node:net ways.
 */
export const kernelAvailable: boolean =
  process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64') && loadable();

function loadable(): boolean {
  try {
    koffi.load('libc.so.6');
    return true;
  } catch {
    return false;
  }
}

const libc = kernelAvailable ? koffi.load('libc.so.6') : undefined;

/** A C function. Where there is no glibc it fails as a call that the kernel refuses does, and nobody calls it. */
export function bind(signature: string): (...parameters: (number | bigint | Uint8Array)[]) => number {
  if (libc === undefined) return () => -1;
  return libc.func(signature) as unknown as (...parameters: (number | bigint | Uint8Array)[]) => number;
}

/** What the last failed call of this thread says, such as EADDRINUSE. */
export function errnoName(): string {
  const errno = koffi.errno();
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
}

const closeFd = bind('int close(int)');
const eventfd = bind('int eventfd(uint32_t, int)');
const writeFd = bind('intptr_t write(int, void *, size_t)');
const readFd = bind('intptr_t read(int, void *, size_t)');

const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

export function closeSocket(fd: number): void {
  closeFd(fd);
}

/** Something that a worker which blocks in the kernel can be woken with. */
export function openWakeup(): number {
  return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

export function wake(fd: number): void {
  writeFd(fd, ONE, 8);
}

const drained = new Uint8Array(8);

export function drainWakeup(fd: number): void {
  readFd(fd, drained, 8);
}
