import koffi from 'koffi';
import { poll, POLLIN } from '../../src/edge/udp/kernel.ts';
import { Histogram } from './histogram.ts';
import { Lane, type Tally } from './lane.ts';
import { Queries, type Recipe } from './recipe.ts';

/**
 * The load of the DNS benches: a process of its own that is told by messages what to ask and says what came back. It keeps a bounded
 * number of queries under way on several sockets, so that a server is always busy and its buffers never overflow, and looks at every
 * answer: only right ones count. With `paced` it sends at fixed rates instead, and tells the latency of the first recipe's queries.
 *
 * Batched system calls make it cheaper per query than the servers, so that they and not it are the limit; dnsperf is not.
 */
export interface Load {
  readonly port: number;
  readonly recipe: Recipe;
  readonly milliseconds: number;
  /** Sockets and queries under way on each. */
  readonly sockets: number;
  readonly window: number;
  /** Stops before its time when this many queries were answered. */
  readonly answersMax?: number;
  /** Instead of as many as the window allows, this many a second, and others beside them. */
  readonly paced?: Pace;
}

export interface Pace {
  readonly perSecond: number;
  readonly beside: Recipe;
  /** From other addresses, each of another network; whether they are answered or not. */
  readonly besidePerSecond: number;
  /** What happens in so much of the time, at first, is told apart. */
  readonly beginningMilliseconds: number;
}

export interface Outcome extends Tally {
  readonly seconds: number;
  /** With `paced`: those beside, all the time, and the first recipe's at the beginning. */
  readonly beside?: Tally;
  readonly beginning?: Outcome;
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
}

/** Longer than any server is busy with what is under way. */
const LOST_AFTER_MILLISECONDS = 500;
const EXPIRE_EVERY_MILLISECONDS = 50;
const POLLFD = 8;
/** Queries beside the probe's, in one call. */
const AT_ONCE_MAX = 32;

function saturate(load: Load): Outcome {
  const tally = noTally();
  const latency = new Histogram();
  const queries = new Queries(load.recipe);
  const lanes = Array.from({ length: load.sockets }, () => new Lane(load, queries, tally, latency));
  const wait = waiter(lanes);
  const started = performance.now();
  const until = started + load.milliseconds;
  const answersMax = load.answersMax ?? Number.POSITIVE_INFINITY;
  let now = started;
  for (let expireAt = now + EXPIRE_EVERY_MILLISECONDS; ;) {
    now = performance.now();
    const asking = now < until && tally.answered + tally.wrong < answersMax;
    let received = 0;
    let underWay = 0;
    for (const lane of lanes) {
      received += Math.max(lane.receive(now), 0);
      if (asking) lane.send(now, load.window);
      underWay += lane.underWay;
    }
    if (now >= expireAt) {
      lanes.forEach((lane) => lane.expire(now - LOST_AFTER_MILLISECONDS));
      expireAt = now + EXPIRE_EVERY_MILLISECONDS;
    }
    if (!asking && underWay === 0) break;
    if (received === 0) wait();
  }
  lanes.forEach((lane) => lane.close());
  return outcome(tally, latency, now - started);
}

/** At fixed rates: a query of the first recipe at a time, those beside it in what time has brought. Never waits, for exact times. */
function paced(load: Load, pace: Pace): Outcome {
  const beginning = { tally: noTally(), latency: new Histogram() };
  const steady = { tally: noTally(), latency: new Histogram() };
  const probe = new Lane(load, new Queries(load.recipe), beginning.tally, beginning.latency);
  const others = new Queries(pace.beside);
  const otherTally = noTally();
  const lanes = Array.from({ length: load.sockets }, (_, network) => {
    const options = { port: load.port, from: [127, 1, network, 1], window: AT_ONCE_MAX, heedless: true };
    return new Lane(options, others, otherTally, new Histogram());
  });
  const started = performance.now();
  const steadyFrom = started + pace.beginningMilliseconds;
  let expireAt = started + EXPIRE_EVERY_MILLISECONDS;
  let turn = 0;
  let current = beginning;
  for (let now = started; now < steadyFrom + load.milliseconds; now = performance.now()) {
    if (current === beginning && now >= steadyFrom) {
      current = steady;
      probe.countIn(steady.tally, steady.latency);
    }
    const due = (perSecond: number, sent: number): number => Math.floor(((now - started) / 1000) * perSecond) - sent;
    probe.send(performance.now(), Math.min(1, due(pace.perSecond, beginning.tally.sent + steady.tally.sent)));
    // One at a time and no more than that, so that the next look at the probe is not far.
    const lane = lanes[(turn += 1) % lanes.length] as Lane;
    lane.send(now, Math.min(AT_ONCE_MAX, due(pace.besidePerSecond, otherTally.sent)));
    probe.receive(performance.now());
    lane.receive(now);
    probe.receive(performance.now());
    if (now < expireAt) continue;
    probe.expire(now - LOST_AFTER_MILLISECONDS);
    expireAt = now + EXPIRE_EVERY_MILLISECONDS;
  }
  const ended = performance.now();
  [probe, ...lanes].forEach((each) => each.close());
  otherTally.lost = otherTally.sent - otherTally.answered - otherTally.wrong;
  return {
    ...outcome(steady.tally, steady.latency, ended - steadyFrom),
    beside: otherTally,
    beginning: outcome(beginning.tally, beginning.latency, pace.beginningMilliseconds),
  };
}

function noTally(): Tally {
  return { sent: 0, answered: 0, wrong: 0, lost: 0 };
}

function outcome(tally: Tally, latency: Histogram, milliseconds: number): Outcome {
  return {
    ...tally,
    seconds: milliseconds / 1000,
    p50Microseconds: latency.quantile(0.5),
    p99Microseconds: latency.quantile(0.99),
  };
}

function waiter(lanes: readonly Lane[]): () => void {
  const view = new DataView(new ArrayBuffer(lanes.length * POLLFD));
  lanes.forEach((lane, index) => {
    view.setInt32(index * POLLFD, lane.fd, true);
    view.setInt16(index * POLLFD + 4, POLLIN, true);
  });
  const bytes = new Uint8Array(view.buffer);
  const address = Number(koffi.address(bytes));
  // The view is used here so that the memory lives as long as its address is.
  return () => void (bytes.length > 0 && poll(address, lanes.length, 1));
}

process.on('message', (load: Load) => {
  process.send?.(load.paced === undefined ? saturate(load) : paced(load, load.paced));
});
process.on('disconnect', () => process.exit());
