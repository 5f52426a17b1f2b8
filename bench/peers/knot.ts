import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, type Peer, type Setup } from './server.ts';

/** Its defaults, which load neither cookies nor rate limiting and answer minimally; one UDP worker, like the others. */
export const knot: Peer = {
  name: 'Knot',
  version: () => versionOf('knotd', '--version'),
  configure: configureKnot(() => ''),
};

/** `more` is what is said of a zone beside its name and file, in lines of four spaces before. */
export function configureKnot(more: (zone: string) => string): Peer['configure'] {
  return ({ directory, port, workers, zones, zoneFile }: Setup) => {
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
${zones.map((zone) => `  - domain: ${zone.name}\n    file: ${zoneFile(zone)}\n    zonefile-sync: -1\n${more(zone.name)}`).join('')}`,
    );
    return Promise.resolve(['knotd', '-c', file]);
  };
}
