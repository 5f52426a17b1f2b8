import koffi from 'koffi';
import { AF_INET, IPPROTO_IP } from '../bound-socket.ts';
import { MSG_DONTWAIT, recvmmsg, sendmmsg } from './kernel.ts';
import type { Reception } from './reception.ts';

/**
 * A batch of datagrams in memory that the kernel reads and writes directly. Each answer is written over its query, in the same
 * slot, and goes back with the same header: its address, and the local address it came to (IP_PKTINFO), are already there.
 *
 *   buffer: [ mmsghdr × n ][ iovec × n ][ sockaddr × n ][ control × n ][ datagram × n ]
 *   mmsghdr: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48, msg_len 56
 *
 * Larger batches save little, and cost where the client is on the same host: while answers are made, it gives the buffers of those before
 * back to this core, and once 32 are there it is interrupted for them (skb_attempt_defer_free).
 */
export const BATCH = 40;
const HEADER = 64;
const IOVEC = 16;
const NAME = 32;
const CONTROL = 64;
/** Above the largest answer by UDP (4096) there is no use for more. */
const DATAGRAM = 4096;

const IOVECS_AT = BATCH * HEADER;
const NAMES_AT = IOVECS_AT + BATCH * IOVEC;
const CONTROLS_AT = NAMES_AT + BATCH * NAME;
const DATAGRAMS_AT = CONTROLS_AT + BATCH * CONTROL;

/** Writes the answer over the query in `slot`; gives its length, or 0 for none. `client` is an address of four or sixteen octets. */
export type Answer = (slot: Uint8Array, length: number, client: Uint8Array) => number;

export class DatagramBatch {
  readonly #bytes = new Uint8Array(DATAGRAMS_AT + BATCH * DATAGRAM);
  readonly #words = new Uint32Array(this.#bytes.buffer, 0, DATAGRAMS_AT / 4);
  readonly #slots: readonly Uint8Array[] = Array.from({ length: BATCH }, (_, index) =>
    this.#bytes.subarray(DATAGRAMS_AT + index * DATAGRAM, DATAGRAMS_AT + (index + 1) * DATAGRAM),
  );
  // The client's address where the kernel writes it: sockaddr_in has it at octet 4, sockaddr_in6 at 8.
  readonly #clients4: readonly Uint8Array[] = Array.from({ length: BATCH }, (_, index) =>
    this.#bytes.subarray(NAMES_AT + index * NAME + 4, NAMES_AT + index * NAME + 8),
  );
  readonly #clients6: readonly Uint8Array[] = Array.from({ length: BATCH }, (_, index) =>
    this.#bytes.subarray(NAMES_AT + index * NAME + 8, NAMES_AT + index * NAME + 24),
  );
  /** Not 0: is not to be answered. */
  readonly #turnedAway = new Uint8Array(BATCH);
  readonly #base = Number(koffi.address(this.#bytes));

  constructor() {
    for (let index = 0; index < BATCH; index += 1) {
      this.#aim(index);
      this.#pointer(IOVECS_AT + index * IOVEC, DATAGRAMS_AT + index * DATAGRAM);
      this.#words[(index * HEADER + 24) / 4] = 1;
      this.#reset(index);
    }
  }

  /** Answers what waits on the socket, up to a batch; gives how many datagrams that were. Never blocks. */
  serve(fd: number, answer: Answer, reception?: Reception): number {
    const received = recvmmsg(fd, this.#base, BATCH, MSG_DONTWAIT, 0);
    if (received <= 0) return 0;
    const limiting = reception !== undefined && reception.limiting;
    if (limiting) this.#select(reception, received);
    else if (reception !== undefined) this.#note(reception, received);
    let answered = 0;
    let moved = false;
    for (let index = 0; index < received; index += 1) {
      if (limiting && this.#turnedAway[index] !== 0) continue;
      const length = this.#words[(index * HEADER + 56) / 4] as number;
      const octets = answer(this.#slots[index] as Uint8Array, length, this.#client(index));
      if (octets === 0) continue;
      moved ||= index !== answered;
      this.#keep(index, answered++, octets);
    }
    for (let sent = 0; sent < answered;) {
      const count = sendmmsg(fd, this.#base + sent * HEADER, answered - sent, 0);
      // An answer that the kernel will not take (an unreachable client, say) must not hold back those behind it.
      sent += count > 0 ? count : 1;
    }
    for (let index = 0; index < received; index += 1) {
      if (moved) this.#aim(index);
      this.#reset(index);
    }
    return received;
  }

  #note(reception: Reception, received: number): void {
    for (let index = 0; index < received; index += 1) {
      reception.note(this.#slots[index] as Uint8Array, this.#words[(index * HEADER + 56) / 4] as number);
    }
    reception.complete();
  }

  #select(reception: Reception, received: number): void {
    for (let index = 0; index < received; index += 1) {
      const admitted = reception.admits(this.#client(index));
      this.#turnedAway[index] = admitted ? 0 : 1;
      if (!admitted) continue;
      reception.note(this.#slots[index] as Uint8Array, this.#words[(index * HEADER + 56) / 4] as number);
    }
    reception.complete();
  }

  #client(index: number): Uint8Array {
    const family = (this.#words[(NAMES_AT + index * NAME) / 4] as number) & 0xffff;
    return (family === AF_INET ? this.#clients4 : this.#clients6)[index] as Uint8Array;
  }

  /** Moves the header of an answered query to the place it is sent from: silence leaves gaps that must close. */
  #keep(from: number, to: number, octets: number): void {
    if (from !== to) this.#bytes.copyWithin(to * HEADER, from * HEADER, from * HEADER + HEADER);
    this.#words[(IOVECS_AT + from * IOVEC + 8) / 4] = octets;
    if (this.#words[(to * HEADER + 40) / 4] !== 0) this.#freeRoute((CONTROLS_AT + from * CONTROL) / 4);
  }

  /**
   * The local address that a query came to goes back as the answer's source, but not the interface it came by: which way to the
   * client is for the routing table to say. cmsghdr: level 8, type 12; in_pktinfo: ifindex 16; in6_pktinfo: ifindex 32.
   */
  #freeRoute(control: number): void {
    this.#words[control + (this.#words[control + 2] === IPPROTO_IP ? 4 : 8)] = 0;
  }

  /** Points a header at its own slot. */
  #aim(index: number): void {
    this.#pointer(index * HEADER, NAMES_AT + index * NAME);
    this.#pointer(index * HEADER + 16, IOVECS_AT + index * IOVEC);
    this.#pointer(index * HEADER + 32, CONTROLS_AT + index * CONTROL);
  }

  #reset(index: number): void {
    this.#words[(index * HEADER + 8) / 4] = NAME;
    this.#words[(index * HEADER + 40) / 4] = CONTROL;
    this.#words[(IOVECS_AT + index * IOVEC + 8) / 4] = DATAGRAM;
  }

  #pointer(at: number, target: number): void {
    const address = this.#base + target;
    this.#words[at / 4] = address >>> 0;
    this.#words[at / 4 + 1] = Math.floor(address / 2 ** 32);
  }
}
