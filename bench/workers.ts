import koffi from 'koffi';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MSG_DONTWAIT, recvmmsg, sendmmsg } from '../src/edge/udp/kernel.ts';
import { freePort } from '../test/free-port.ts';
import { Queries } from './generator/recipe.ts';
import { openConnected, setPointer } from './generator/socket.ts';
import { median, medianInterval } from './median.ts';
import { startServer, type Server } from './peers/server.ts';
import { waypost } from './peers/waypost.ts';
import { WORKLOADS } from './peers/workloads.ts';
import { SMALL_ZONES } from './peers/zones.ts';

/**
 * Whether two UDP workers answer twice as much as one, on a machine where the generator has no core of its own: the server is
 * stopped, queries are laid into its sockets' buffers, and it goes on while the generator sleeps. The kernel's timestamps of the
 * answers say how fast they were made. One worker gets half the queries that two get.
 *
 *   npm run bench workers [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 40);
/** With the truesize of small datagrams (768 octets) half of the 4 MiB that a worker's socket has. */
const QUERIES_PER_WORKER = 2048;
/** The kernel spreads sockets over workers by a hash: with many, evenly. */
const SOCKETS = 512;
/** Longer than the queries take. */
const PAUSE_MILLISECONDS = 80;
const WARM_UP_ROUNDS = 50;
const CPUS = '0,1';

const HEADER = 64;
const IOVEC = 16;
const CONTROL = 64;
const PACKET = 512;
const BATCH = 16;
const IOVECS_AT = BATCH * HEADER;
const CONTROLS_AT = IOVECS_AT + BATCH * IOVEC;
const PACKETS_AT = CONTROLS_AT + BATCH * CONTROL;

/** mmsghdr: iov 16, iovlen 24, control 32, controllen 40, msg_len 56. The one control message is a timespec behind 16 octets. */
class TimedBatch {
  readonly bytes = new Uint8Array(PACKETS_AT + BATCH * PACKET);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #words = new Uint32Array(this.bytes.buffer);
  readonly #base = Number(koffi.address(this.bytes));

  constructor() {
    for (let index = 0; index < BATCH; index += 1) {
      setPointer(this.#words, index * HEADER + 16, this.#base + IOVECS_AT + index * IOVEC);
      this.#words[(index * HEADER + 24) / 4] = 1;
      setPointer(this.#words, IOVECS_AT + index * IOVEC, this.#base + PACKETS_AT + index * PACKET);
    }
  }

  send(fd: number, queries: Queries, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const at = PACKETS_AT + index * PACKET;
      queries.prepare(this.bytes, at);
      queries.draw(this.bytes, at, index);
      this.#words[(IOVECS_AT + index * IOVEC + 8) / 4] = queries.octets;
      setPointer(this.#words, index * HEADER + 32, 0);
      this.#words[(index * HEADER + 40) / 4] = 0;
    }
    if (sendmmsg(fd, this.#base, count, 0) !== count) throw new Error('the generator cannot send');
  }

  /** Visits each answer that waits with its time in nanoseconds since the epoch. */
  receive(fd: number, visit: (at: number, octets: number, nanoseconds: bigint) => void): void {
    for (;;) {
      for (let index = 0; index < BATCH; index += 1) {
        setPointer(this.#words, index * HEADER + 32, this.#base + CONTROLS_AT + index * CONTROL);
        this.#words[(index * HEADER + 40) / 4] = CONTROL;
        this.#words[(IOVECS_AT + index * IOVEC + 8) / 4] = PACKET;
      }
      const received = recvmmsg(fd, this.#base, BATCH, MSG_DONTWAIT, 0);
      if (received <= 0) return;
      for (let index = 0; index < received; index += 1) {
        const time = CONTROLS_AT + index * CONTROL + 16;
        const nanoseconds =
          this.#view.getBigInt64(time, true) * 1_000_000_000n + this.#view.getBigInt64(time + 8, true);
        visit(PACKETS_AT + index * PACKET, this.#view.getUint32(index * HEADER + 56, true), nanoseconds);
      }
    }
  }
}

interface Target {
  readonly workers: number;
  readonly server: Server;
  readonly fds: number[];
  readonly perSecond: number[];
  readonly cpuMicroseconds: number[];
}

const { recipe } = WORKLOADS.find((workload) => workload.name === 'hits') as (typeof WORKLOADS)[number];
const queries = new Queries(recipe);
const batch = new TimedBatch();

/** Whether all answers came. Their rate is that from the first to the last. */
async function drain(target: Target): Promise<boolean> {
  const count = target.workers * QUERIES_PER_WORKER;
  const cpu = target.server.cpuMilliseconds();
  target.server.process.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const fd of target.fds) batch.send(fd, queries, count / SOCKETS);
  target.server.process.kill('SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  const times: bigint[] = [];
  for (const fd of target.fds) {
    batch.receive(fd, (at, octets, time) => {
      if (queries.plausible(batch.bytes, at, octets)) times.push(time);
    });
  }
  if (times.length < count) return false;
  times.sort((a, b) => (a < b ? -1 : 1));
  target.perSecond.push((count * 1e9) / Number((times.at(-1) as bigint) - (times[0] as bigint)));
  target.cpuMicroseconds.push(((target.server.cpuMilliseconds() - cpu) * 1000) / count);
  return true;
}

/** CPU time of each thread of a server, in nanoseconds. */
function threadTimes({ server }: Target): Map<string, number> {
  const tasks = `/proc/${server.process.pid}/task`;
  const timeOf = (thread: string): number =>
    Number(readFileSync(`${tasks}/${thread}/schedstat`, 'latin1').split(' ')[0]);
  return new Map(readdirSync(tasks).map((thread) => [thread, timeOf(thread)]));
}

/** Gives each UDP worker, the threads that worked the most since `before`, a core: the scheduler is not what is measured. */
function pinWorkers(target: Target, before: ReadonlyMap<string, number>): void {
  const worked = [...threadTimes(target)].map(([thread, time]) => [thread, time - (before.get(thread) ?? 0)] as const);
  const busiest = worked.toSorted((a, b) => b[1] - a[1]).slice(0, target.workers);
  for (const [cpu, [thread]] of busiest.entries()) spawnSync('taskset', ['-pc', String(cpu), thread]);
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const targets: Target[] = [];
try {
  for (const workers of [1, 2]) {
    const own = join(directory, String(workers));
    mkdirSync(own);
    const setup = { directory: own, port: await freePort(), workers, zones: SMALL_ZONES, zoneFile: () => '' };
    const server = await startServer(waypost, setup, CPUS);
    targets.push({ workers, server, fds: [], perSecond: [], cpuMicroseconds: [] });
  }
  // Only now: a port that is free for TCP may be that of one of so many UDP sockets.
  for (const { server, fds } of targets) {
    for (let count = 0; count < SOCKETS; count += 1) fds.push(openConnected(server.port, { timestamps: true }));
  }
  let missing = 0;
  const before = targets.map(threadTimes);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    if (round === 0) {
      targets.forEach((target, index) => pinWorkers(target, before[index] as Map<string, number>));
      for (const { perSecond, cpuMicroseconds } of targets) perSecond.length = cpuMicroseconds.length = 0;
    }
    for (const target of targets) {
      if (!(await drain(target))) missing += 1;
    }
  }
  const [one, two] = targets as [Target, Target];
  const told = (unit: string, pick: (target: Target) => readonly number[]): void => {
    const rounds = Math.min(pick(one).length, pick(two).length);
    const ratios = Array.from({ length: rounds }, (_, at) => (pick(two)[at] as number) / (pick(one)[at] as number));
    const [low, high] = medianInterval(ratios);
    console.log(
      `${unit}: one worker ${median(pick(one)).toFixed(2)}, two ${median(pick(two)).toFixed(2)}; ` +
        `two by one ${median(ratios).toFixed(2)} (90 % interval ${low.toFixed(2)}–${high.toFixed(2)})`,
    );
  };
  told('answers per µs', (target) => target.perSecond.map((each) => each / 1e6));
  told('µs of CPU per answer', (target) => target.cpuMicroseconds);
  console.log(`${ROUNDS} rounds, ${missing} with answers missing; bar: two workers answer at 1.80 × the rate of one`);
} finally {
  for (const { server } of targets) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
