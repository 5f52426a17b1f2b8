import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lacksPowerDns } from '../powerdns.ts';
import { versionOf, type Peer } from './server.ts';

const run = promisify(execFile);

/** Its LMDB backend with its own caches at their defaults (20 s for whole answers); one receiver and one distributor thread. */
export const powerDnsLmdb: Peer = {
  name: 'PowerDNS',
  version: () => (lacksPowerDns('lmdb') === undefined ? versionOf('pdns_server', '--version') : undefined),
  async configure({ directory, port, workers, zones, zoneFile }) {
    writeFileSync(
      join(directory, 'pdns.conf'),
      `launch=lmdb
lmdb-filename=${directory}/pdns.lmdb
local-address=127.0.0.1
local-port=${port}
receiver-threads=${workers}
distributor-threads=1
reuseport=${workers > 1 ? 'yes' : 'no'}
socket-dir=${directory}
guardian=no
daemon=no
loglevel=3
`,
    );
    if (!existsSync(join(directory, 'pdns.lmdb'))) {
      for (const zone of zones) {
        await run('pdnsutil', [`--config-dir=${directory}`, 'load-zone', zone.name, zoneFile(zone)]);
      }
    }
    return ['pdns_server', `--config-dir=${directory}`];
  },
};
