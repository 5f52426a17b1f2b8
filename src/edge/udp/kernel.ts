import { isIPv4 } from 'node:net';
import { parseIpv4, parseIpv6 } from '../../core/dns/ip-address.ts';
import type { Address } from '../address.ts';
import {
  bindSocket,
  IPPROTO_IP,
  IPPROTO_IPV6,
  openSocket,
  setOption,
  SO_REUSEPORT,
  SOL_SOCKET,
} from '../bound-socket.ts';
import { bind } from '../libc.ts';

/** Linux's socket calls, as far as batched datagrams need them. Buffers go as addresses, because what they point to is laid out by hand. */
export const recvmmsg = bind('int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)');
export const sendmmsg = bind('int sendmmsg(int, uintptr_t, unsigned int, int)');
export const poll = bind('int poll(uintptr_t, unsigned long, int)');
const getsockopt = bind('int getsockopt(int, int, int, void *, void *)');

const SO_RCVBUF = 8;
const SO_MEMINFO = 55;
const SK_MEMINFO_RMEM_ALLOC = 0;
const SK_MEMINFO_RCVBUF = 1;
const SK_MEMINFO_DROPS = 8;
const SK_MEMINFO_VARS = 9;
const IP_MTU_DISCOVER = 10;
const IPV6_MTU_DISCOVER = 23;
const PMTUDISC_OMIT = 5;
const IP_PKTINFO = 8;
const IPV6_RECVPKTINFO = 49;
export const MSG_DONTWAIT = 0x40;
export const POLLIN = 1;

/** What a burst may queue while a worker compiles: some thousands of queries. The kernel caps it at net.core.rmem_max. */
const RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

/** A bound UDP socket of its own, in the address's SO_REUSEPORT group. */
export function openUdpSocket(address: Address): number {
  const fd = openSocket(address, 'udp');
  setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  setOption(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  // Path MTU discovery lets a forged ICMP message shrink our answers; fragments are the lesser evil (RFC 8085 §3.2).
  if (isIPv4(address.host)) {
    setOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_OMIT);
  } else {
    setOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_OMIT);
  }
  if (isWildcard(address)) {
    // Only a wildcard socket has to be told which address to answer from; it costs the others three percent.
    if (isIPv4(address.host)) setOption(fd, IPPROTO_IP, IP_PKTINFO, 1);
    else setOption(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
  return bindSocket(fd, address, 'udp');
}

/** What waits to be read, and what may wait, in octets as the kernel counts them: with each datagram's buffer. */
export class ReceiveQueue {
  readonly #memory = new Uint32Array(SK_MEMINFO_VARS);
  readonly #bytes = new Uint8Array(this.#memory.buffer);
  readonly #length = new Uint8Array(Uint32Array.BYTES_PER_ELEMENT);
  waiting = 0;
  room = 0;
  /** Datagrams that there was no room for since the socket was opened, modulo 2³². */
  lost = 0;

  look(fd: number): void {
    this.#length[0] = this.#bytes.length;
    getsockopt(fd, SOL_SOCKET, SO_MEMINFO, this.#bytes, this.#length);
    this.waiting = this.#memory[SK_MEMINFO_RMEM_ALLOC] as number;
    this.room = this.#memory[SK_MEMINFO_RCVBUF] as number;
    this.lost = this.#memory[SK_MEMINFO_DROPS] as number;
  }
}

function isWildcard(address: Address): boolean {
  return (parseIpv4(address.host) ?? parseIpv6(address.host))?.every((octet) => octet === 0) ?? false;
}
