import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Peer } from './server.ts';

/** Plans for all UDP workers and TCP together: enough for a million names, which a start fills only as they are asked for. */
export const PLAN_BYTES_MAX = 384 * 2 ** 20;

/** A member without its front door; see waypost-member.ts. */
export const waypost: Peer = {
  name: 'Waypost',
  version: () =>
    (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
  configure({ directory, port, workers, zones }) {
    const member = fileURLToPath(new URL('./waypost-member.ts', import.meta.url));
    const names = zones.map((zone) => zone.name).join(',');
    return Promise.resolve([process.execPath, member, directory, String(port), String(workers), names]);
  },
};
