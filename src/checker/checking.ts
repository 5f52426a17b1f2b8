import { parseAddress, type AddressGuard } from '../core/health/address-rules.ts';
import type { ProbePlan } from '../core/health/probe-plan.ts';
import { nextVerdict, type Verdict } from '../core/health/verdict.ts';
import type { Observation, Observed } from '../feed/observation.ts';
import type { HealthMeasurement } from '../feed/health-measurement.ts';
import { add, COUNTER, countLateness } from './counters.ts';
import type { Gate } from './gate.ts';
import { Latencies } from './latencies.ts';
import type { Lookup } from './lookup.ts';
import type { Outcome } from './outcome.ts';
import { probe } from './probe.ts';
import { nextTurn, phaseOf, Schedule } from './schedule.ts';

/**
 * The checkers of one thread: each has a region's name, probes every endpoint that is its to check at its own moments, and has a
 * verdict of its own. Whatever they have seen last is kept for whoever asks.
 */
export interface CheckingOptions {
  readonly guard: AddressGuard;
  readonly lookup: Lookup;
  readonly gate: Gate;
  readonly counters: Float64Array;
  /** A checker has had a result and thinks this. */
  onVerdict(id: string, region: string, healthy: boolean): void;
}

export interface Endpoint {
  readonly id: string;
  readonly plan: ProbePlan;
  /** The regions whose checkers check it. */
  readonly regions: readonly string[];
  /** How it was found when last it was known. */
  readonly well: boolean;
  /** Made while we were here: somebody waits for the first result. */
  readonly fresh: boolean;
  /** How long its probes take is asked for. */
  readonly measured: boolean;
}

/** One checker's work on one endpoint. */
interface Watch {
  readonly id: string;
  readonly region: string;
  readonly plan: ProbePlan;
  readonly phase: number;
  due: number;
  /** In line for the gate. */
  waiting: boolean;
  /** The endpoint is checked otherwise now, or not at all. */
  over: boolean;
  verdict: Verdict;
  /** When the newest probe that counted was begun. */
  counted: number;
  last: Observation | undefined;
  lastFailure: Observation | undefined;
  readonly latencies: Latencies | undefined;
}

/** The first probe of a new check comes within this time, spread as the others are. */
const FRESH_MILLISECONDS = 1000;
/** setTimeout's longest; the schedule is looked at again then. */
const SLEEP_MILLISECONDS_MAX = 60_000;

export class Checking {
  readonly #options: CheckingOptions;
  readonly #watches = new Map<string, Watch[]>();
  readonly #schedule = new Schedule<Watch>();
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;
  #closed = false;

  constructor(options: CheckingOptions) {
    this.#options = options;
  }

  /** Begins to check an endpoint, or goes on with another plan. */
  watch(endpoint: Endpoint): void {
    const before = this.#watches.get(endpoint.id) ?? [];
    for (const watch of before) watch.over = true;
    const watches = endpoint.regions.map((region) => {
      const known = before.find((watch) => watch.region === region);
      return this.#begin(endpoint, region, known);
    });
    this.#watches.set(endpoint.id, watches);
    this.#sleep();
  }

  forget(id: string): void {
    for (const watch of this.#watches.get(id) ?? []) watch.over = true;
    this.#watches.delete(id);
  }

  observed(id: string): Observed {
    const watches = this.#watches.get(id) ?? [];
    const since = new Date(this.#startedAt).toISOString();
    return {
      last: watches.flatMap(({ last }) => last ?? []),
      failures: watches.flatMap(({ region, last, lastFailure }) => {
        if (lastFailure !== undefined) return lastFailure;
        const status = `The health check endpoint has not failed since the Route 53 health checker for this endpoint restarted at ${since}`;
        return last === undefined ? [] : { ...last, region, status };
      }),
    };
  }

  /** Why the endpoint was last found failing; undefined when it was not. */
  lastFailure(id: string): string | undefined {
    const failures = (this.#watches.get(id) ?? []).flatMap(({ lastFailure }) => lastFailure ?? []);
    return failures.toSorted((a, b) => b.checkedAt - a.checkedAt)[0]?.status;
  }

  /** How long probes have taken since this was last asked, for the endpoints of which it is to be measured. */
  *measurements(): Generator<HealthMeasurement> {
    for (const watches of this.#watches.values()) {
      for (const { id, region, latencies } of watches) {
        for (const [metric, set] of latencies?.take() ?? []) yield { healthCheckId: id, metric, region, set };
      }
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #begin(endpoint: Endpoint, region: string, known: Watch | undefined): Watch {
    const { id, plan } = endpoint;
    const phase = phaseOf(id, region);
    const now = clock();
    const turn = nextTurn(now, plan.intervalMilliseconds, phase);
    const watch: Watch = {
      id,
      region,
      plan,
      phase,
      due: endpoint.fresh ? Math.min(turn, now + phase * FRESH_MILLISECONDS) : turn,
      waiting: false,
      over: false,
      verdict: { healthy: known?.verdict.healthy ?? endpoint.well, against: 0 },
      counted: 0,
      last: known?.last,
      lastFailure: known?.lastFailure,
      latencies: endpoint.measured ? new Latencies() : undefined,
    };
    this.#schedule.add(watch, watch.due);
    return watch;
  }

  #sleep(): void {
    const { next } = this.#schedule;
    if (this.#closed || next >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = next;
    this.#timer = setTimeout(() => this.#turn(), Math.min(Math.max(0, next - clock()), SLEEP_MILLISECONDS_MAX));
  }

  #turn(): void {
    this.#wakesAt = Infinity;
    const now = clock();
    while (this.#schedule.next <= now) {
      const watch = this.#schedule.take() as Watch;
      if (watch.over) continue;
      this.#start(watch, watch.due);
      // From behind its own turn: rounding must not find the same one again.
      watch.due = nextTurn(Math.max(now, watch.due + 1), watch.plan.intervalMilliseconds, watch.phase);
      this.#schedule.add(watch, watch.due);
    }
    this.#sleep();
  }

  #start(watch: Watch, due: number): void {
    const { gate, counters } = this.#options;
    if (watch.waiting) {
      add(counters, COUNTER.skipped, 1);
      return;
    }
    watch.waiting = true;
    gate.enter(() => {
      watch.waiting = false;
      const begun = clock();
      countLateness(counters, Math.max(0, begun - due) / 1000);
      if (watch.over) gate.leave();
      else void this.#probe(watch, begun);
    });
  }

  async #probe(watch: Watch, begun: number): Promise<void> {
    const { gate, lookup } = this.#options;
    const { plan } = watch;
    const name = 'name' in plan.target ? plan.target.name : undefined;
    const found =
      'address' in plan.target ? plan.target : await lookup.address(plan.target.name, plan.timeouts.lookupMilliseconds);
    if (!('address' in found)) {
      this.#count(watch, begun, unconnected(found.own ? undefined : false, found.words));
      gate.leave();
      return;
    }
    const { address } = found;
    const closed = this.#closedTo(address);
    if (closed !== undefined) {
      this.#count(
        watch,
        begun,
        unconnected(false, resolved(name, address, `The address is forbidden: it is ${closed}.`)),
      );
      gate.leave();
      return;
    }
    probe(address, plan, {
      outcome: (outcome) => {
        const words = outcome.passed === true ? outcome.words : resolved(name, address, outcome.words);
        this.#count(watch, begun, { ...outcome, words });
      },
      closed: () => gate.leave(),
    });
  }

  #closedTo(address: string): string | undefined {
    const octets = parseAddress(address);
    return octets === undefined ? 'no IP address' : this.#options.guard(octets);
  }

  #count(watch: Watch, begun: number, { passed, words, from, timings }: Outcome): void {
    if (this.#closed || watch.over) return;
    if (timings !== undefined) watch.latencies?.add(timings);
    const { counters } = this.#options;
    add(counters, passed === undefined ? COUNTER.inconclusive : passed ? COUNTER.passed : COUNTER.failed, 1);
    // A slow failure may arrive after the results of probes that were begun later: it is not news any more.
    if (begun < watch.counted) return;
    watch.last = {
      region: watch.region,
      ...(from === undefined ? {} : { ipAddress: from }),
      status: `${passed === true ? 'Success' : 'Failure'}: ${words}`,
      checkedAt: Date.now(),
    };
    if (passed === undefined) return;
    watch.counted = begun;
    if (!passed) watch.lastFailure = watch.last;
    watch.verdict = nextVerdict(watch.verdict, passed, watch.plan.failureThreshold);
    this.#options.onVerdict(watch.id, watch.region, watch.verdict.healthy);
  }
}

/** Milliseconds since the epoch that never go back: when the system's clock is set, no probe is missed and none comes twice. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}

function unconnected(passed: boolean | undefined, words: string): Outcome {
  return { passed, words, from: undefined, timings: undefined };
}

/** Failures of checks by name say which address was tried. */
function resolved(name: string | undefined, address: string, words: string): string {
  return name === undefined ? words : `Resolved IP: ${address}. ${words}`;
}
