import { closeSocket } from '../libc.ts';

/**
 * The descriptors of a worker's connections, an int32 for each connection there may be, or 0: in memory that main shares, so that
 * main can close what a dead worker leaves.
 */

/** Places beyond the limit of connections: one that was closed keeps its place until the turn ends. */
export const CONNECTIONS_SPARE = 1024;

export function connectionTable(connectionsMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer((connectionsMax + CONNECTIONS_SPARE) * Int32Array.BYTES_PER_ELEMENT);
}

/** Closes the connections that a dead worker left. */
export function closeConnections(connections: SharedArrayBuffer): void {
  const fds = new Int32Array(connections);
  fds.forEach((fd, slot) => {
    if (fd === 0) return;
    fds[slot] = 0;
    closeSocket(fd);
  });
}
