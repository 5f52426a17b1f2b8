import { Place, type Connection } from '../stream/connections.ts';
import { NOTHING_HELD, type MessageStream, type TurnEnd } from '../stream/stream-answers.ts';

/** What a worker does for its connections. */
export interface Owner {
  handOver(stream: KernelStream, message: Uint8Array): boolean;
  close(stream: KernelStream): void;
}

/** One TCP connection of a kernel-tcp worker: what it is about, and how far it has come. */
export class KernelStream implements MessageStream, Connection {
  readonly fd: number;
  /** Its place in the worker's table of connections. */
  readonly slot: number;
  readonly client: Uint8Array;
  readonly listener: number;
  readonly transport = 'tcp';
  readonly place = new Place();
  readonly #owner: Owner;
  held = NOTHING_HELD;
  heldOctets = 0;
  last: TurnEnd = 'waiting';
  open = true;
  /** Answers that the kernel has not taken yet. */
  unsent: Uint8Array = NOTHING_HELD;
  /** A message of an answer in many, to be sent behind what is unsent. */
  queued: Uint8Array | undefined;
  /** Who waits until that message is sent. */
  sender: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  /** The epoll events that are asked for; -1 before the first. */
  interest = -1;
  /** Whether it has a place in the next turn whatever epoll says. */
  isNext = false;

  constructor(fd: number, slot: number, client: Uint8Array, listener: number, owner: Owner) {
    this.fd = fd;
    this.slot = slot;
    this.client = client;
    this.listener = listener;
    this.#owner = owner;
  }

  get octets(): number {
    return this.held.length + this.unsent.length + (this.queued?.length ?? 0);
  }

  handOver(message: Uint8Array): boolean {
    return this.#owner.handOver(this, message);
  }

  destroy(): void {
    this.#owner.close(this);
  }
}
