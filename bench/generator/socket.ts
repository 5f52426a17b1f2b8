import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const call = (signature: string): ((...parameters: unknown[]) => number) =>
  libc.func(signature) as unknown as (...parameters: unknown[]) => number;
const socket = call('int socket(int, int, int)');
const connect = call('int connect(int, void *, uint32_t)');
const bind = call('int bind(int, void *, uint32_t)');
const setsockopt = call('int setsockopt(int, int, int, void *, uint32_t)');
const close = call('int close(int)');

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_TIMESTAMPNS = 35;
/** More than all answers under way. */
const RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

interface SocketOptions {
  /** Each datagram comes with the time at which the kernel got it. */
  readonly timestamps?: boolean;
  /** The address that it asks from, if that matters: of 127.0.0.0/8. */
  readonly from?: readonly number[];
}

/** A UDP socket connected to a port of 127.0.0.1. */
export function openConnected(port: number, { timestamps = false, from }: SocketOptions = {}): number {
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  const set = (option: number, value: number): number =>
    setsockopt(fd, SOL_SOCKET, option, new Uint8Array(new Int32Array([value]).buffer), 4);
  set(SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  if (timestamps) set(SO_TIMESTAMPNS, 1);
  const own = from && socketAddress(0, from);
  if (own !== undefined && bind(fd, own, own.length) !== 0) throw new Error('the generator cannot bind a socket');
  const address = socketAddress(port, [127, 0, 0, 1]);
  if (fd < 0 || connect(fd, address, address.length) !== 0) throw new Error('the generator cannot open a socket');
  return fd;
}

/** struct sockaddr_in. */
function socketAddress(port: number, address: readonly number[]): Uint8Array {
  return Uint8Array.of(AF_INET, 0, port >> 8, port & 255, ...address, 0, 0, 0, 0, 0, 0, 0, 0);
}

export function closeSocket(fd: number): void {
  close(fd);
}

/** Writes an address of memory, as a Linux of 64 bits has them, at an octet that is a multiple of four. */
export function setPointer(words: Uint32Array, at: number, address: number): void {
  words[at / 4] = address >>> 0;
  words[at / 4 + 1] = Math.floor(address / 2 ** 32);
}
