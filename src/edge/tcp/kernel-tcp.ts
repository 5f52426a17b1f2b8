import koffi from 'koffi';
import { COUNTER, countAnswers } from '../../core/answer/counters.ts';
import { framed } from '../../core/dns/framed.ts';
import { closeSocket, drainWakeup } from '../libc.ts';
import type { Serving } from '../serving.ts';
import { Connections } from '../stream/connections.ts';
import { ANSWERS_AT, NOTHING_HELD, READ_OCTETS, StreamAnswers } from '../stream/stream-answers.ts';
import { STREAM, StreamShare, type StreamData } from '../stream/stream-limits.ts';
import { AcceptPace } from './accept-pace.ts';
import {
  Acceptor,
  EAGAIN,
  EMFILE,
  ENFILE,
  Epoll,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  recv,
  send,
  sendBytes,
} from './kernel.ts';
import { KernelStream, type Owner } from './kernel-stream.ts';

/** What main opened for a worker and keeps; a restarted worker goes on with the same. */
export interface KernelTcpSockets {
  /** In the order of the member's addresses. */
  readonly listeners: readonly number[];
  readonly epoll: number;
  readonly wakeup: number;
  /** connection-table.ts */
  readonly connections: SharedArrayBuffer;
}

/**
 * Serves TCP in a thread that blocks in the kernel when there is nothing to do. Every connection has one turn at a time: one read, the
 * answers to it, one send. Returns when the worker is to close.
 */
export async function serveKernelTcp(serving: Serving, sockets: KernelTcpSockets & StreamData): Promise<void> {
  const tcp = new KernelTcp(serving, sockets);
  for (let turn = 1; !serving.closing(); turn += 1) {
    if (!tcp.turn()) serving.catchUp();
    if (tcp.starved) await new Promise((resolve) => setTimeout(resolve, STARVED_MILLISECONDS));
    if (tcp.woken || tcp.answering > 0 || turn % TURNS_PER_YIELD === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  tcp.closeAll();
}

/** Turns between two visits to the event loop, where messages arrive and LMDB's own timers fire. */
const TURNS_PER_YIELD = 64;
/** A worker with nothing to do looks up this often even if nobody wakes it. */
const WAIT_MILLISECONDS_MAX = 200;
/** While answers are made elsewhere, in the event loop, it is visited this often. */
const ANSWERING_WAIT_MILLISECONDS = 1;
/** Without descriptors, and with no connection to close for one, accepting has to wait. */
const STARVED_MILLISECONDS = 50;
const EVENTS_MAX = 256;

class KernelTcp implements Owner {
  /** How many messages are being answered elsewhere. */
  answering = 0;
  woken = false;
  starved = false;
  readonly #serving: Serving;
  readonly #sockets: KernelTcpSockets;
  readonly #share: StreamShare;
  readonly #connections: Connections;
  readonly #answers: StreamAnswers;
  readonly #base: number;
  readonly #epoll: Epoll;
  readonly #acceptor = new Acceptor();
  readonly #fds: Int32Array;
  readonly #streams: (KernelStream | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** Not free before the turn ends: an event of the old connection may be still to come. */
  readonly #freedSlots: number[] = [];
  /** To be looked at in the next turn whatever epoll says: answered just now, with queries left, or with a message to send. */
  #next: KernelStream[] = [];
  /** Empty between turns. */
  #current: KernelStream[] = [];
  /** Of each listener. */
  readonly #paces: readonly AcceptPace[];
  #now = performance.now();
  #wait = 0;

  constructor(serving: Serving, sockets: KernelTcpSockets & StreamData) {
    this.#serving = serving;
    this.#sockets = sockets;
    this.#share = new StreamShare(sockets);
    this.#connections = new Connections(this.#share);
    this.#answers = new StreamAnswers(serving.world);
    this.#base = Number(koffi.address(this.#answers.bytes));
    this.#fds = new Int32Array(sockets.connections);
    this.#epoll = new Epoll(sockets.epoll, EVENTS_MAX);
    this.#paces = sockets.listeners.map(() => new AcceptPace());
    [...sockets.listeners, sockets.wakeup].forEach((fd, index) => this.#epoll.add(fd, EPOLLIN, index));
  }

  /** Waits for something to happen and deals with it; false when nothing did. */
  turn(): boolean {
    const next = this.#next;
    this.#next = this.#current;
    this.#current = next;
    this.woken = this.starved = false;
    const events = this.#epoll.wait(next.length > 0 ? 0 : this.#wait);
    // Before anything is answered: a thread that waited for a while wakes to queries that are newer than its world.
    if (this.#serving.follower.behind()) this.#serving.catchUp();
    this.#now = performance.now();
    const resumed = next.length;
    for (let index = 0; index < resumed; index += 1) {
      const stream = next[index] as KernelStream;
      stream.isNext = false;
      if (stream.open) this.#goOn(stream);
    }
    next.length = 0;
    const { listeners } = this.#sockets;
    for (let index = 0; index < events; index += 1) {
      const data = this.#epoll.data(index);
      if (data < listeners.length) this.#accept(data);
      else if (data === listeners.length) this.#wake();
      else this.#happened(data - listeners.length - 1, this.#epoll.events(index));
    }
    while (this.#freedSlots.length > 0) this.#freeSlots.push(this.#freedSlots.pop() as number);
    const idle = Math.ceil(this.#connections.expire(this.#now));
    this.#wait = Math.min(idle, this.answering > 0 ? ANSWERING_WAIT_MILLISECONDS : WAIT_MILLISECONDS_MAX);
    return events > 0 || resumed > 0;
  }

  closeAll(): void {
    for (const connection of this.#connections.all()) connection.destroy();
  }

  close(stream: KernelStream): void {
    if (!stream.open) return;
    stream.open = false;
    this.#connections.leave(stream);
    this.#streams[stream.slot] = undefined;
    this.#freedSlots.push(stream.slot);
    // In this order: what is in the table is open, even when this thread dies between the two.
    this.#fds[stream.slot] = 0;
    closeSocket(stream.fd);
    stream.sender?.reject(new Error('the connection is closed'));
  }

  handOver(stream: KernelStream, message: Uint8Array): boolean {
    const answering = this.#serving.answerInMany?.(message, stream, (answer) => this.#send(stream, answer));
    if (answering === undefined) return false;
    this.answering += 1;
    const done = (): void => {
      this.answering -= 1;
      stream.last = 'full';
      this.#lookAgain(stream);
    };
    const failed = (): void => {
      this.answering -= 1;
      if (stream.open) this.#serving.world.counters[COUNTER.internalErrors]! += 1;
      stream.destroy();
    };
    answering.then(done, failed);
    return true;
  }

  /** A message of an answer in many. It goes out in the next turn, so that the others have theirs. */
  #send(stream: KernelStream, answer: Uint8Array): Promise<void> {
    if (!stream.open) return Promise.reject(new Error('the connection is closed'));
    if (stream.sender !== undefined) return Promise.reject(new Error('the message before is not sent yet'));
    stream.queued = framed(answer);
    this.#lookAgain(stream);
    return new Promise((resolve, reject) => {
      stream.sender = { resolve, reject };
    });
  }

  #lookAgain(stream: KernelStream): void {
    if (stream.isNext) return;
    stream.isNext = true;
    this.#next.push(stream);
  }

  #wake(): void {
    this.woken = true;
    drainWakeup(this.#sockets.wakeup);
  }

  #accept(listener: number): void {
    const pace = this.#paces[listener] as AcceptPace;
    pace.begin();
    for (let count = 0; count < pace.max; count += 1) {
      const fd = this.#acceptor.accept(this.#sockets.listeners[listener] as number);
      if (fd >= 0) {
        this.#begin(fd, listener);
        continue;
      }
      pace.endedAt(count);
      const errno = koffi.errno();
      if (errno === EMFILE || errno === ENFILE) this.starved = !this.#connections.makeRoom(this.#now);
      return;
    }
  }

  #begin(fd: number, listener: number): void {
    const slot = this.#freeSlots.pop() ?? this.#streams.length;
    const stream = new KernelStream(fd, slot, this.#acceptor.client(), listener, this);
    if (slot >= this.#fds.length || !this.#connections.admit(stream, this.#now)) {
      if (slot < this.#streams.length) this.#freeSlots.push(slot);
      closeSocket(fd);
      return;
    }
    this.#fds[slot] = fd;
    this.#streams[slot] = stream;
    this.#read(stream);
    // One that has its answer often closes at once: that is worth a look before epoll is told of it.
    if (this.#answers.progress) this.#lookAgain(stream);
    if (stream.open) this.#ask(stream);
  }

  #happened(slot: number, events: number): void {
    const stream = this.#streams[slot];
    if (stream === undefined) return;
    if ((events & (EPOLLERR | EPOLLHUP)) !== 0) return stream.destroy();
    this.#goOn(stream);
  }

  /** Goes on where it stopped: with what is unsent, then a message of an answer in many, then queries that are left, then new ones. */
  #goOn(stream: KernelStream): void {
    if (stream.unsent.length > 0) this.#flush(stream);
    if (stream.queued !== undefined && stream.unsent.length === 0) {
      stream.unsent = stream.queued;
      stream.queued = undefined;
      this.#flush(stream);
    }
    if (stream.unsent.length === 0 && stream.open) {
      if (stream.last === 'full') this.#answerHeld(stream);
      else if (stream.last === 'waiting') this.#read(stream);
    }
    if (stream.open) this.#ask(stream);
  }

  #flush(stream: KernelStream): void {
    const { unsent } = stream;
    const sent = sendBytes(stream.fd, unsent, unsent.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (koffi.errno() !== EAGAIN) stream.destroy();
      return;
    }
    stream.unsent = sent === unsent.length ? NOTHING_HELD : unsent.subarray(sent);
    this.#settle(stream, stream.unsent.length === 0);
    if (stream.unsent.length > 0 || stream.queued !== undefined) return;
    stream.sender?.resolve();
    stream.sender = undefined;
  }

  #read(stream: KernelStream): void {
    const at = this.#answers.load(stream);
    this.#answers.progress = false;
    const received = recv(stream.fd, this.#base + at, READ_OCTETS, MSG_DONTWAIT);
    if (received > 0) this.#answer(stream, received);
    // At its end everything is answered and taken, or we would not read.
    else if (received === 0 || koffi.errno() !== EAGAIN) stream.destroy();
  }

  #answerHeld(stream: KernelStream): void {
    this.#answers.load(stream);
    this.#answer(stream, 0);
  }

  #answer(stream: KernelStream, received: number): void {
    const answers = this.#answers;
    stream.last = answers.turn(stream, received);
    const octets = answers.answersOctets;
    if (octets > 0) {
      const sent = send(stream.fd, this.#base + ANSWERS_AT, octets, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && koffi.errno() !== EAGAIN) return stream.destroy();
      countAnswers(this.#serving.world.counters, answers.answered, (performance.now() - this.#now) / 1000);
      if (sent < octets) stream.unsent = answers.bytes.slice(ANSWERS_AT + Math.max(sent, 0), ANSWERS_AT + octets);
    }
    if (stream.last === 'unanswerable') {
      this.#share.count(STREAM.closedUnanswerable);
      return stream.destroy();
    }
    this.#settle(stream, answers.progress);
    if (stream.last === 'full' && stream.unsent.length === 0) this.#lookAgain(stream);
  }

  #settle(stream: KernelStream, progress: boolean): void {
    this.#connections.settle(stream, stream.octets, stream.last === 'handed over', progress, this.#now);
  }

  /** Asks epoll for what the stream waits for. */
  #ask(stream: KernelStream): void {
    const interest = stream.unsent.length > 0 ? EPOLLOUT : stream.last === 'handed over' ? 0 : EPOLLIN;
    if (stream.interest === interest || stream.isNext) return;
    const data = this.#sockets.listeners.length + 1 + stream.slot;
    if (stream.interest < 0) this.#epoll.add(stream.fd, interest, data);
    else this.#epoll.change(stream.fd, interest, data);
    stream.interest = interest;
  }
}
