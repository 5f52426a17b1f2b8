import { spawnSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import type { Peer } from './peers/server.ts';

export interface Chosen {
  /** Those that take part: wanted and installed. */
  readonly peers: readonly Peer[];
  /** The first lines of the report: when, what of, on what, and who is left out. */
  readonly head: readonly string[];
}

/** `only` are lower-case names; none of them means everybody. */
export function choosePeers(
  all: readonly Peer[],
  only: readonly string[],
  rounds: number,
  milliseconds: number,
): Chosen {
  const wanted = all.filter((peer) => only.length === 0 || only.includes(peer.name.toLowerCase()));
  const versions = new Map(wanted.map((peer) => [peer, peer.version()]));
  const [peers, absent] = [true, false].map((here) =>
    wanted.filter((peer) => (versions.get(peer) !== undefined) === here),
  ) as [Peer[], Peer[]];
  const commit = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).stdout.trim();
  const machine = `Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}`;
  const beside = peers.map((peer) => `${peer.name} ${versions.get(peer)}`).join(', ');
  const head = [
    `${new Date().toISOString()}, Waypost at ${commit}, Node ${process.version}, ${machine}.`,
    `${rounds} rounds of ${milliseconds} ms; ${beside}.`,
    ...(absent.length > 0 ? [`Left out, not installed: ${absent.map((peer) => peer.name).join(', ')}.`] : []),
    '',
  ];
  return { peers, head };
}
