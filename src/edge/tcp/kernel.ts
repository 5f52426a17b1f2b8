import koffi from 'koffi';
import { ListenError, type Address } from '../address.ts';
import { AF_INET, bindSocket, openSocket, setOption, SO_REUSEADDR, SO_REUSEPORT, SOL_SOCKET } from '../bound-socket.ts';
import { bind, closeSocket, errnoName } from '../libc.ts';

/** Linux's socket calls, as far as streams need them, and epoll. Buffers go as addresses: they are laid out by hand and outlive the call. */
export const recv = bind('intptr_t recv(int, uintptr_t, size_t, int)');
export const send = bind('intptr_t send(int, uintptr_t, size_t, int)');
export const sendBytes = bind('intptr_t send(int, void *, size_t, int)');
const accept4 = bind('int accept4(int, uintptr_t, uintptr_t, int)');
const listen = bind('int listen(int, int)');
const epollCreate = bind('int epoll_create1(int)');
const epollCtl = bind('int epoll_ctl(int, int, int, uintptr_t)');
const epollWait = bind('int epoll_wait(int, uintptr_t, int, int)');

export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const EAGAIN = 11;
export const EMFILE = 24;
export const ENFILE = 23;
const EEXIST = 17;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
export const EPOLLERR = 8;
export const EPOLLHUP = 16;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const EPOLL_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_USER_TIMEOUT = 18;
const TCP_NOTSENT_LOWAT = 25;
const IN_ADDRESS_AT = 4;
const IN6_ADDRESS_AT = 8;
const SOCKADDR_OCTETS = 32;

/** Connections that wait to be accepted: a burst of as many is normal after a restart of resolvers. The kernel caps it at somaxconn. */
const BACKLOG = 4096;
/** What the kernel may keep unsent for a client beyond what is under way: the rest waits with us, where it is counted. */
const NOT_SENT_OCTETS_MAX = 64 * 1024;
/** A client that acknowledges nothing for so long is gone, also when we have closed the connection. */
const UNACKNOWLEDGED_MILLISECONDS = 30_000;

/** A listening socket of its own, in the address's SO_REUSEPORT group. Accepted sockets inherit its options. */
export function openTcpListener(address: Address): number {
  const fd = openSocket(address, 'tcp');
  setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  setOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_OCTETS_MAX);
  setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS);
  bindSocket(fd, address, 'tcp');
  if (listen(fd, BACKLOG) === 0) return fd;
  const code = errnoName();
  closeSocket(fd);
  throw new ListenError(code, address, 'tcp');
}

/** Accepts connections, with the client's address. */
export class Acceptor {
  /** Where the last client's address is: `clientOctets` of it from `clientAt`. */
  readonly #bytes = new Uint8Array(SOCKADDR_OCTETS + 4);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  readonly #address = Number(koffi.address(this.#bytes));

  /** A connected socket that does not block, or a negative number. */
  accept(listener: number): number {
    this.#words[SOCKADDR_OCTETS / 4] = SOCKADDR_OCTETS;
    return accept4(listener, this.#address, this.#address + SOCKADDR_OCTETS, SOCK_NONBLOCK | SOCK_CLOEXEC);
  }

  /** The address of the client accepted last: four octets or sixteen. */
  client(): Uint8Array {
    const bytes = this.#bytes;
    return bytes[0] === AF_INET
      ? bytes.slice(IN_ADDRESS_AT, IN_ADDRESS_AT + 4)
      : bytes.slice(IN6_ADDRESS_AT, IN6_ADDRESS_AT + 16);
  }
}

export function openEpoll(): number {
  return epollCreate(EPOLL_CLOEXEC);
}

/**
 * An epoll instance with memory for what it reports. The kernel packs struct epoll_event on x86-64 (events 0, data 4) and nowhere
 * else (events 0, data 8).
 */
const EVENT = process.arch === 'x64' ? { octets: 12, dataAt: 4 } : { octets: 16, dataAt: 8 };

export class Epoll {
  readonly #fd: number;
  readonly #max: number;
  readonly #words: Uint32Array;
  readonly #address: number;
  /** One event more than are reported, for what is registered. */
  readonly #registerAt: number;

  constructor(fd: number, eventsMax: number) {
    this.#fd = fd;
    this.#max = eventsMax;
    const bytes = new Uint8Array((eventsMax + 1) * EVENT.octets);
    this.#words = new Uint32Array(bytes.buffer);
    this.#address = Number(koffi.address(bytes));
    this.#registerAt = eventsMax * EVENT.octets;
  }

  /** How many events there are; waits so long for one. */
  wait(milliseconds: number): number {
    return epollWait(this.#fd, this.#address, this.#max, milliseconds);
  }

  events(index: number): number {
    return this.#words[(index * EVENT.octets) / 4] as number;
  }

  /** What the descriptor of an event was registered with. */
  data(index: number): number {
    return this.#words[(index * EVENT.octets + EVENT.dataAt) / 4] as number;
  }

  /** Asks for events of a descriptor that is not registered yet; one that is (by a worker that died) is as good. */
  add(fd: number, events: number, data: number): void {
    if (this.#control(EPOLL_CTL_ADD, fd, events, data) !== 0 && koffi.errno() === EEXIST) this.change(fd, events, data);
  }

  change(fd: number, events: number, data: number): void {
    this.#control(EPOLL_CTL_MOD, fd, events, data);
  }

  #control(operation: number, fd: number, events: number, data: number): number {
    this.#words[this.#registerAt / 4] = events;
    this.#words[(this.#registerAt + EVENT.dataAt) / 4] = data;
    this.#words[(this.#registerAt + EVENT.dataAt + 4) / 4] = 0;
    return epollCtl(this.#fd, operation, fd, this.#address + this.#registerAt);
  }
}
