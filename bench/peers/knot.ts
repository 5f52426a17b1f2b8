import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, type Peer } from './server.ts';

/** Its defaults, which load neither cookies nor rate limiting and answer minimally; one UDP worker, like the others. */
export const knot: Peer = {
  name: 'Knot',
  version: () => versionOf('knotd', '--version'),
  configure({ directory, port, workers, zones, zoneFile }) {
    const file = join(directory, 'knot.conf');
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
${zones.map((zone) => `  - domain: ${zone.name}\n    file: ${zoneFile(zone)}\n    zonefile-sync: -1\n`).join('')}`,
    );
    return Promise.resolve(['knotd', '-c', file]);
  },
};
