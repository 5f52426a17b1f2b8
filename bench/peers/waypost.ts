import { readFileSync } from 'node:fs';
import { bundledMember } from './bundled-member.ts';
import type { Peer } from './server.ts';

/** Plans for all UDP workers and TCP together: enough for a million names, which a start fills only as they are asked for. */
export const PLAN_BYTES_MAX = 384 * 2 ** 20;

/** A member without its front door; see waypost-member.ts. */
export const waypost: Peer = {
  name: 'Waypost',
  version: () =>
    (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
  async configure({ directory, port, workers, zones }) {
    const member = await bundledMember(new URL('./waypost-member.ts', import.meta.url));
    const names = zones.map((zone) => zone.name).join(',');
    return [process.execPath, member, directory, String(port), String(workers), names];
  },
};
