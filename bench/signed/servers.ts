import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knot } from '../peers/knot.ts';
import type { Peer } from '../peers/server.ts';
import { waypost } from '../peers/waypost.ts';
import { SIGNED_ZONE } from './names.ts';

export const waypostSigned: Peer = {
  ...waypost,
  configure({ directory, port, workers }) {
    const member = fileURLToPath(new URL('./waypost-member.ts', import.meta.url));
    return Promise.resolve([process.execPath, member, directory, String(port), String(workers)]);
  },
};

/** Signs the zone by itself when it loads it: its default policy, which is ECDSA P-256, too, and NSEC. */
export const knotSigned: Peer = {
  ...knot,
  configure({ directory, port, workers, zones, zoneFile }) {
    const file = join(directory, 'knot.conf');
    const blocks = zones.map(
      ({ name }) => `  - domain: ${name}
    file: ${zoneFile({ name, recordSets: () => [] })}
    zonefile-sync: -1
${name === SIGNED_ZONE ? '    dnssec-signing: on\n    journal-content: none\n' : ''}`,
    );
    writeFileSync(
      file,
      `server:
  rundir: ${directory}
  listen: 127.0.0.1@${port}
  udp-workers: ${workers}
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: error
database:
  storage: ${directory}
zone:
${blocks.join('')}`,
    );
    return Promise.resolve(['knotd', '-c', file]);
  },
};
