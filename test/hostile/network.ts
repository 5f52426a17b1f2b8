import { spawnSync } from 'node:child_process';
import { SWALLOWED_NETWORK } from './attacks/half-open.ts';

/**
 * A network namespace of its own, where all of it takes place: all ports are free, nothing else is disturbed, and an interface leads
 * nowhere. It takes root; without, the tests run on the machine's own loopback, and what needs the namespace is skipped by name.
 */
const NAME = `waypost-hostile-${process.pid}`;

function ip(...parameters: string[]): boolean {
  return spawnSync('ip', parameters, { stdio: 'ignore' }).status === 0;
}

/** Runs this program again, inside. Gives its exit code, or undefined where there can be no namespace. */
export function runInside(script: string, parameters: readonly string[]): number | undefined {
  if (process.getuid?.() !== 0 || !ip('netns', 'add', NAME)) return undefined;
  // The child gets it too; this one has still to clear away.
  process.on('SIGINT', () => {});
  try {
    const inside = ['netns', 'exec', NAME];
    const made =
      ip('-n', NAME, 'link', 'set', 'lo', 'up') &&
      ip('-n', NAME, 'link', 'add', 'nowhere', 'type', 'veth', 'peer', 'name', 'nobody') &&
      // Without ARP what is sent has our own address on it, which the other end does not take for its own.
      ip('-n', NAME, 'link', 'set', 'nowhere', 'arp', 'off', 'up') &&
      ip('-n', NAME, 'link', 'set', 'nobody', 'up') &&
      ip('-n', NAME, 'route', 'add', SWALLOWED_NETWORK, 'dev', 'nowhere') &&
      // Answers from 127.0.0.1 may go there, too.
      ip(...inside, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/nowhere/route_localnet');
    if (!made) return undefined;
    const environment = { ...process.env, WAYPOST_HOSTILE_SWALLOWED: SWALLOWED_NETWORK };
    const ran = spawnSync('ip', [...inside, process.execPath, script, ...parameters], {
      stdio: 'inherit',
      env: environment,
    });
    return ran.status ?? 1;
  } finally {
    ip('netns', 'delete', NAME);
  }
}

/** Whether this process runs where half-open connections can be made. */
export const inside = process.env['WAYPOST_HOSTILE_SWALLOWED'] !== undefined;
