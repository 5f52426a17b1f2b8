import koffi from 'koffi';
import { answerQuery } from '../../core/answer/answer-query.ts';
import { countAnswers } from '../../core/answer/counters.ts';
import type { Query } from '../../core/answer/query.ts';
import type { Serving } from '../serving.ts';
import { DatagramBatch } from './batch.ts';
import { drainWakeup } from '../libc.ts';
import { poll, POLLIN } from './kernel.ts';
import { Reception } from './reception.ts';

/** Turns between two visits to the event loop, where messages arrive and LMDB's own timers fire. */
const TURNS_PER_YIELD = 64;
/** A worker with nothing to do looks up this often even if nobody wakes it. */
const POLL_TIMEOUT_MILLISECONDS = 200;
const POLLFD = 8;

/** What main opened for a worker and keeps; a restarted worker goes on with the same. */
export interface KernelUdpSockets {
  /** In the order of the member's addresses. */
  readonly fds: readonly number[];
  readonly wakeup: number;
}

/** Serves datagrams in a thread that blocks in the kernel when there are none. Returns when the worker is to close. */
export async function serveKernelUdp(serving: Serving, sockets: KernelUdpSockets): Promise<void> {
  const { world } = serving;
  const batch = new DatagramBatch();
  const query: Query = {
    packet: new Uint8Array(0),
    length: 0,
    transport: 'udp',
    client: new Uint8Array(0),
    listener: 0,
    nowMilliseconds: 0,
    draw: 0,
  };
  const answer = (slot: Uint8Array, length: number, client: Uint8Array): number => {
    query.packet = slot;
    query.length = length;
    query.client = client;
    query.draw = Math.random();
    return answerQuery(world, query, slot);
  };
  const receptions = sockets.fds.map((fd) => new Reception(world, fd));
  const pollfds = new DataView(new ArrayBuffer((sockets.fds.length + 1) * POLLFD));
  [...sockets.fds, sockets.wakeup].forEach((fd, index) => {
    pollfds.setInt32(index * POLLFD, fd, true);
    pollfds.setInt16(index * POLLFD + 4, POLLIN, true);
  });
  const pollfdBytes = new Uint8Array(pollfds.buffer);
  const pollfdAddress = Number(koffi.address(pollfdBytes));
  const wakeupRevents = sockets.fds.length * POLLFD + 6;

  for (let turn = 1; !serving.closing(); turn += 1) {
    // Before serving, not after: a thread that was not scheduled for a while wakes to queries that are newer than its world.
    if (serving.follower.behind()) serving.catchUp();
    let served = 0;
    const begun = performance.now();
    query.nowMilliseconds = Date.now();
    for (let index = 0; index < sockets.fds.length; index += 1) {
      const reception = receptions[index] as Reception;
      query.listener = index;
      reception.begin(query.nowMilliseconds);
      const received = batch.serve(sockets.fds[index] as number, answer, reception);
      reception.end(begun, received);
      served += received;
    }
    // One look at the clock for them all: each waited for the last.
    if (served > 0) countAnswers(world.counters, served, (performance.now() - begun) / 1000);
    if (served === 0) serving.catchUp();
    if (turn % TURNS_PER_YIELD === 0) await new Promise((resolve) => setImmediate(resolve));
    if (served > 0) continue;
    poll(pollfdAddress, sockets.fds.length + 1, POLL_TIMEOUT_MILLISECONDS);
    if (pollfds.getInt16(wakeupRevents, true) === 0) continue;
    drainWakeup(sockets.wakeup);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
