import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Below the ports that Linux gives to whoever does not ask for one (net.ipv4.ip_local_port_range): no client's connection and no
 * resolver's query can take one of these between its choice here and its use.
 */
const FIRST = 12_000;
const COUNT = 20_000;

/** A port that nobody has by TCP or UDP, and that no other test is given for as long as this process lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    if ((await claimed(port)) && (await isFree(port))) return port;
  }
}

/**
 * Other processes of tests choose ports, too, and some of ours are free again while a member restarts. A name in Linux's abstract
 * namespace belongs to one process, goes with it, and is known in the network namespace that the port is in. Elsewhere chance has to do.
 */
async function claimed(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const claim = createServer().listen(`\0waypost-test-port-${port}`);
  claim.unref();
  return await once(claim, 'listening').then(
    () => true,
    () => false,
  );
}

/** `::` is any address of IPv4 as well; there are hosts without IPv6. */
const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'));
const ANYWHERE = HAS_IPV6 ? '::' : '0.0.0.0';

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket(HAS_IPV6 ? 'udp6' : 'udp4');
  try {
    await Promise.all([
      once(tcp.listen(port, ANYWHERE), 'listening'),
      new Promise<void>((resolve, reject) => udp.once('error', reject).bind(port, ANYWHERE, resolve)),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => tcp.close(resolve));
    await new Promise<void>((resolve) => udp.close(() => resolve()));
  }
}
