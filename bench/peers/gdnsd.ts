import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, type Peer } from './server.ts';

/**
 * Cookies off, like the others'. It follows CNAMEs within a zone only when told to, and gets the largest receive buffer that it takes,
 * which is the least of all servers' but the kernel's default.
 */
export const gdnsd: Peer = {
  name: 'gdnsd',
  // It knows no option for its version, but says it with its usage.
  version: () => versionOf('gdnsd', '-h'),
  configure({ directory, port, workers, zones, zoneFile }) {
    mkdirSync(join(directory, 'zones'), { recursive: true });
    for (const zone of zones) symlinkSync(zoneFile(zone), join(directory, 'zones', zone.name));
    writeFileSync(
      join(directory, 'config'),
      `options => {
  listen => [ "127.0.0.1:${port}" ],
  udp_threads => ${workers},
  tcp_threads => 1,
  udp_rcvbuf => 1048576,
  disable_cookies => true,
  experimental_no_chain => false,
  run_dir => "${directory}/run",
  state_dir => "${directory}/state",
}
`,
    );
    return Promise.resolve(['gdnsd', '-c', directory, 'start']);
  },
};
