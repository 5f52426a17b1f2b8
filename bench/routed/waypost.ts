import { fileURLToPath } from 'node:url';
import type { Peer } from '../peers/server.ts';
import { waypost } from '../peers/waypost.ts';

/** A member without its front door and its checkers: every health check is healthy. See waypost-member.ts. */
export const waypostRouted: Peer = {
  ...waypost,
  configure({ directory, port, workers }) {
    const member = fileURLToPath(new URL('./waypost-member.ts', import.meta.url));
    return Promise.resolve([process.execPath, member, directory, String(port), String(workers)]);
  },
};
