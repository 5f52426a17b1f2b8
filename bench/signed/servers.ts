import { bundledMember } from '../peers/bundled-member.ts';
import { configureKnot, knot } from '../peers/knot.ts';
import type { Peer } from '../peers/server.ts';
import { waypost } from '../peers/waypost.ts';
import { SIGNED_ZONE } from './names.ts';

export const waypostSigned: Peer = {
  ...waypost,
  async configure({ directory, port, workers }) {
    const member = await bundledMember(new URL('./waypost-member.ts', import.meta.url));
    return [process.execPath, member, directory, String(port), String(workers)];
  },
};

/** Signs the zone by itself when it loads it: its default policy, which is ECDSA P-256, too, and NSEC. */
export const knotSigned: Peer = {
  ...knot,
  configure: configureKnot((zone) =>
    zone === SIGNED_ZONE ? '    dnssec-signing: on\n    journal-content: none\n' : '',
  ),
};
