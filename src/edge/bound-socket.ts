import { isIPv4 } from 'node:net';
import { parseIpv4, parseIpv6 } from '../core/dns/ip-address.ts';
import { ListenError, type Address, type Protocol } from './address.ts';
import { bind, closeSocket, errnoName } from './libc.ts';

/** A kernel socket on an address of ours, as main opens them for its workers: open, set options, bind. Each throws `ListenError`. */
const socket = bind('int socket(int, int, int)');
const setsockopt = bind('int setsockopt(int, int, int, void *, uint32_t)');
const bindFd = bind('int bind(int, void *, uint32_t)');

export const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPV6_V6ONLY = 26;
export const IPPROTO_IP = 0;
export const IPPROTO_IPV6 = 41;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_REUSEPORT = 15;

export function openSocket(address: Address, protocol: Protocol): number {
  const family = isIPv4(address.host) ? AF_INET : AF_INET6;
  // Accepting must not block: the client may have gone away again. Datagrams are read with MSG_DONTWAIT.
  const type = protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM | SOCK_NONBLOCK;
  const fd = socket(family, type | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new ListenError(errnoName(), address, protocol);
  if (family === AF_INET6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return fd;
}

export function setOption(fd: number, level: number, option: number, value: number): void {
  setsockopt(fd, level, option, new Uint8Array(new Int32Array([value]).buffer), 4);
}

/** Binds the socket, or closes it and throws. */
export function bindSocket(fd: number, address: Address, protocol: Protocol): number {
  const name = socketAddress(address);
  // Without this, a host that is no address would leave the zeroes of a wildcard.
  const code = name === undefined ? 'EINVAL' : bindFd(fd, name, name.length) === 0 ? undefined : errnoName();
  if (code === undefined) return fd;
  closeSocket(fd);
  throw new ListenError(code, address, protocol);
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(address: Address): Uint8Array | undefined {
  const ipv4 = parseIpv4(address.host);
  const octets = ipv4 ?? parseIpv6(address.host);
  if (octets === undefined) return undefined;
  const bytes = new Uint8Array(ipv4 === undefined ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ipv4 === undefined ? AF_INET6 : AF_INET, true);
  view.setUint16(2, address.port);
  bytes.set(octets, ipv4 === undefined ? 8 : 4);
  return bytes;
}

/**
 * Throws when another program has the address. Within an SO_REUSEPORT group the kernel does not say so: a second member of the
 * same user would silently take a share of our queries.
 */
export function probeAddress(address: Address, protocol: Protocol): void {
  const fd = openSocket(address, protocol);
  // Connections of ours that have ended and linger on the port are nobody's.
  if (protocol !== 'udp') setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  closeSocket(bindSocket(fd, address, protocol));
}
