import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, type Peer } from './server.ts';

/** Authoritative only; no cookies, no rotation, minimal answers, no query log; one worker thread. */
export const bind: Peer = {
  name: 'BIND',
  version: () => versionOf('named', '-v'),
  configure({ directory, port, workers, zones, zoneFile }) {
    const file = join(directory, 'named.conf');
    writeFileSync(
      file,
      `options {
  directory "${directory}";
  pid-file none;
  session-keyfile none;
  lock-file none;
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  notify no;
  answer-cookie no;
  minimal-responses yes;
  rrset-order { order none; };
  querylog no;
};
controls { };
logging { category default { null; }; category unmatched { null; }; };
${zones.map((zone) => `zone "${zone.name}" { type primary; file "${zoneFile(zone)}"; };\n`).join('')}`,
    );
    return Promise.resolve(['named', '-f', '-n', String(workers), '-c', file]);
  },
};
