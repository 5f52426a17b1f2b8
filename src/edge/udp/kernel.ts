import { constants } from 'node:os';
import { isIPv4 } from 'node:net';
import koffi from 'koffi';
import { parseIpv4, parseIpv6 } from '../../core/dns/ip-address.ts';
import { ListenError, type Address } from '../address.ts';

/**
 * Linux's socket calls, as far as batched datagrams need them. Layouts are those of LP64 glibc; other systems take node-udp.ts.
 */
export const kernelAvailable: boolean =
  process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64') && loadable();

function loadable(): boolean {
  try {
    koffi.load('libc.so.6');
    return true;
  } catch {
    return false;
  }
}

const libc = kernelAvailable ? koffi.load('libc.so.6') : undefined;

function bind(signature: string): (...parameters: (number | bigint | Uint8Array)[]) => number {
  if (libc === undefined) return () => -1;
  return libc.func(signature) as unknown as (...parameters: (number | bigint | Uint8Array)[]) => number;
}

const socket = bind('int socket(int, int, int)');
const setsockopt = bind('int setsockopt(int, int, int, void *, uint32_t)');
const bindSocket = bind('int bind(int, void *, uint32_t)');
const eventfd = bind('int eventfd(uint32_t, int)');
const closeFd = bind('int close(int)');
const writeFd = bind('intptr_t write(int, void *, size_t)');
const readFd = bind('intptr_t read(int, void *, size_t)');
/** Buffers go as addresses, because what they point to is laid out by hand and outlives the call. */
export const recvmmsg = bind('int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)');
export const sendmmsg = bind('int sendmmsg(int, uintptr_t, unsigned int, int)');
export const poll = bind('int poll(uintptr_t, unsigned long, int)');

export const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_REUSEPORT = 15;
export const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_MTU_DISCOVER = 10;
const IPV6_MTU_DISCOVER = 23;
const PMTUDISC_OMIT = 5;
const IPV6_V6ONLY = 26;
const IP_PKTINFO = 8;
const IPV6_RECVPKTINFO = 49;
const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;
export const POLLIN = 1;

/** What a burst may queue while a worker compiles: some thousands of queries. The kernel caps it at net.core.rmem_max. */
const RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

/** A bound UDP socket of its own, in the address's SO_REUSEPORT group. */
export function openUdpSocket(address: Address): number {
  const name = socketAddress(address);
  const family = isIPv4(address.host) ? AF_INET : AF_INET6;
  const fd = openSocket(address);
  setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  setOption(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  // Path MTU discovery lets a forged ICMP message shrink our answers; fragments are the lesser evil (RFC 8085 §3.2).
  if (family === AF_INET) {
    setOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_OMIT);
  } else {
    setOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_OMIT);
  }
  if (name.subarray(4).every((octet) => octet === 0)) {
    // Only a wildcard socket has to be told which address to answer from; it costs the others three percent.
    if (family === AF_INET) setOption(fd, IPPROTO_IP, IP_PKTINFO, 1);
    else setOption(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
  return bound(fd, address, name);
}

/**
 * Throws when another program has the address. Within an SO_REUSEPORT group the kernel does not say so: a second member of the
 * same user would silently take a share of our queries.
 */
export function probeUdpAddress(address: Address): void {
  const name = socketAddress(address);
  closeFd(bound(openSocket(address), address, name));
}

function openSocket(address: Address): number {
  const family = isIPv4(address.host) ? AF_INET : AF_INET6;
  const fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new ListenError(errnoName(), address, 'udp');
  if (family === AF_INET6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return fd;
}

function bound(fd: number, address: Address, name: Uint8Array): number {
  if (bindSocket(fd, name, name.length) === 0) return fd;
  const code = errnoName();
  closeFd(fd);
  throw new ListenError(code, address, 'udp');
}

function setOption(fd: number, level: number, option: number, value: number): void {
  setsockopt(fd, level, option, new Uint8Array(new Int32Array([value]).buffer), 4);
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(address: Address): Uint8Array {
  const ipv4 = parseIpv4(address.host);
  const ipv6 = ipv4 === undefined ? parseIpv6(address.host) : undefined;
  const octets = ipv4 ?? ipv6;
  // Without this, a host that is no address would leave the zeroes of a wildcard.
  if (octets === undefined) throw new ListenError('EINVAL', address, 'udp');
  const bytes = new Uint8Array(ipv4 === undefined ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ipv4 === undefined ? AF_INET6 : AF_INET, true);
  view.setUint16(2, address.port);
  bytes.set(octets, ipv4 === undefined ? 8 : 4);
  return bytes;
}

function errnoName(): string {
  const errno = koffi.errno();
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
}

export function closeSocket(fd: number): void {
  closeFd(fd);
}

/** Something that a blocked worker can be woken with. */
export function openWakeup(): number {
  return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

export function wake(fd: number): void {
  writeFd(fd, ONE, 8);
}

const drained = new Uint8Array(8);

export function drainWakeup(fd: number): void {
  readFd(fd, drained, 8);
}
