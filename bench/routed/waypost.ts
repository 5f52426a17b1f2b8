import { bundledMember } from '../peers/bundled-member.ts';
import type { Peer } from '../peers/server.ts';
import { waypost } from '../peers/waypost.ts';

/** A member without its front door and its checkers: every health check is healthy. See waypost-member.ts. */
export const waypostRouted: Peer = {
  ...waypost,
  async configure({ directory, port, workers }) {
    const member = await bundledMember(new URL('./waypost-member.ts', import.meta.url));
    return [process.execPath, member, directory, String(port), String(workers)];
  },
};
