import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, type Peer } from './server.ts';

/** No database file, no rate limit, no cookies (its default), no rotation (its default), and the shorter answers. */
export const nsd: Peer = {
  name: 'NSD',
  version: () => versionOf('nsd', '-v'),
  configure({ directory, port, workers, zones, zoneFile }) {
    const file = join(directory, 'nsd.conf');
    writeFileSync(
      file,
      `server:
  server-count: ${workers}
  reuseport: ${workers > 1 ? 'yes' : 'no'}
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  database: ""
  pidfile: ${directory}/nsd.pid
  xfrdfile: ${directory}/xfrd.state
  zonelistfile: ${directory}/zone.list
  xfrdir: ${directory}
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
${zones.map((zone) => `zone:\n  name: ${zone.name}\n  zonefile: ${zoneFile(zone)}\n`).join('')}`,
    );
    return Promise.resolve(['nsd', '-d', '-c', file]);
  },
};
