import { probeAddress } from './bound-socket.ts';
import type { Address } from './address.ts';
import { closeSocket, openWakeup, wake } from './libc.ts';
import { openEpoll, openTcpListener } from './tcp/kernel.ts';
import type { KernelTcpSockets } from './tcp/kernel-tcp.ts';
import { openUdpSocket } from './udp/kernel.ts';
import type { KernelUdpSockets } from './udp/kernel-udp.ts';

/**
 * The kernel sockets that main opens for its workers and keeps open: a worker that is started again goes on with the same ones. One
 * that were closed with its worker would be a gap, and one that were left behind would go on taking its share of the queries.
 */
export class OwnedSockets {
  readonly #addresses: readonly Address[];
  readonly #fds: number[] = [];
  readonly #wakeups: number[] = [];

  /** Throws `ListenError` when another program has one of the addresses. */
  constructor(addresses: readonly Address[]) {
    this.#addresses = addresses;
    for (const address of addresses) for (const protocol of ['udp', 'tcp'] as const) probeAddress(address, protocol);
  }

  udp(): KernelUdpSockets {
    return { fds: this.#addresses.map((address) => this.#own(openUdpSocket(address))), wakeup: this.#wakeup() };
  }

  /** `connections` is a connection-table.ts. */
  tcp(connections: SharedArrayBuffer): KernelTcpSockets {
    return {
      listeners: this.#addresses.map((address) => this.#own(openTcpListener(address))),
      epoll: this.#own(openEpoll()),
      wakeup: this.#wakeup(),
      connections,
    };
  }

  /** Every worker that blocks in the kernel looks up. */
  wake(): void {
    this.#wakeups.forEach(wake);
  }

  close(): void {
    this.#fds.splice(0).forEach(closeSocket);
    this.#wakeups.splice(0).forEach(closeSocket);
  }

  #wakeup(): number {
    const fd = openWakeup();
    this.#wakeups.push(fd);
    return fd;
  }

  #own(fd: number): number {
    this.#fds.push(fd);
    return fd;
  }
}
