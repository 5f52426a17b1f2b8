import { OutsideTable } from '../core/answer/routed/outside-table.ts';
import { tables, type OutsideTarget } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { parseIpv4, parseIpv6 } from '../core/dns/ip-address.ts';
import { KeptFile } from '../feed/kept-file.ts';
import { answersPath, printAnswers, readAnswers, type KeptAnswer } from './answers-file.ts';
import { openHostResolver, type Asked, type HostResolver } from './host-resolver.ts';
import { refreshAfter, servedTtl } from './refresh.ts';

/**
 * The hosts outside that aliases lead to, resolved in the background: no query waits for another server. This follows the state for
 * the hosts that there are, asks for each before its answer expires, and writes what it is told where the edge reads it.
 *
 * What an authority says counts, also that there is nothing; what a resolver could not find out does not: the last good answer stays,
 * for as long as it takes, and that it is old shows in the log and the metrics. It is observed and no configuration, so it is not in the
 * log of changes, but in a small file.
 *
 * Deliberately not here: which aliases may be made (core/control), and what an answer looks like (core/answer).
 */
export interface OutsideHosts {
  /** To be called after each commit: whether there are new hosts costs one look. */
  committed(): void;
  /** Every host has been asked for once, or was known. */
  settled(): boolean;
  counts(): OutsideCounts;
  close(): Promise<void>;
}

export interface OutsideCounts {
  readonly fresh: number;
  /** Answered by what was found before the last looks failed. */
  readonly stale: number;
  /** Their authority says that they have no address. */
  readonly empty: number;
  /** Never resolved: there is no answer. */
  readonly unresolved: number;
  /** How long ago the answer that is oldest was told; 0 for none. */
  readonly oldestSeconds: number;
  /** Looks so far, by what came of them. */
  readonly looks: ReadonlyMap<string, number>;
}

export interface OutsideOptions {
  readonly directory: string;
  /** Of core/answer/routed/outside-table.ts; nobody else writes into it. */
  readonly memory: SharedArrayBuffer;
  /** Undefined: nobody is asked, and the last good answers stand. None: the system's. */
  readonly resolvers: readonly string[] | undefined;
  /** The newest state. */
  view(): View;
  /** Looks began to fail: of how many hosts since this was last told, and for one of them why. */
  onFailing(count: number, example: OutsideTarget, reason: string): void;
  onRecovered(count: number, example: OutsideTarget): void;
  /** What a host resolves to now, whether that is news or not. */
  onAnswer?(target: OutsideTarget, addresses: readonly string[]): void;
  onWarning(message: string, error: string): void;
}

/** What one resolver is asked at once; a thousand hosts that it answers within ten milliseconds then take a fifth of a second. */
const LOOKS_MAX = 64;
const LOOK_MILLISECONDS_MAX = 8000;
const TICK_MILLISECONDS = 250;
const TARGETS_AT_ONCE = 1000;
const WRITE_MILLISECONDS_MIN = 5000;

interface Held {
  readonly number: number;
  readonly target: OutsideTarget;
  readonly slot: number;
  /** The last that was no failure. */
  answer: Pick<KeptAnswer, 'addresses' | 'ttlSeconds' | 'at'> | undefined;
  /** Looks that failed since then. */
  failures: number;
  /** The answer is from before the start. */
  restored: boolean;
  /** By the steady clock; undefined while it is being asked for. */
  dueAt: number | undefined;
  /** What was written, to see whether something else is to be. */
  written: string;
}

export function openOutsideHosts(options: OutsideOptions): OutsideHosts {
  return new Keeper(options);
}

class Keeper implements OutsideHosts {
  readonly #table: OutsideTable;
  readonly #options: OutsideOptions;
  readonly #resolver: HostResolver | undefined;
  readonly #file: KeptFile;
  readonly #held = new Map<number, Held>();
  readonly #free: number[];
  readonly #looks = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  /** Hosts that were never asked for. */
  #untried = 0;
  #looking = 0;
  /** The number behind the last that was taken in. */
  #next = 0;
  #failing: [target: OutsideTarget, reason: string][] = [];
  #recovered: OutsideTarget[] = [];
  #closed = false;

  constructor(options: OutsideOptions) {
    this.#options = options;
    this.#table = new OutsideTable(options.memory);
    this.#free = Array.from({ length: this.#table.slots }, (_, index) => this.#table.slots - 1 - index);
    this.#resolver = options.resolvers === undefined ? undefined : openHostResolver(options.resolvers);
    this.#file = new KeptFile({
      path: answersPath(options.directory),
      millisecondsMin: WRITE_MILLISECONDS_MIN,
      text: () => printAnswers(this.#answers()),
      onFailure: (error) => options.onWarning('the last answers of outside hosts could not be written', String(error)),
    });
    this.#takeNew(this.#keptAnswers());
    this.#timer = setInterval(() => this.#tick(), TICK_MILLISECONDS);
    this.#timer.unref();
    this.#look();
  }

  committed(): void {
    if (this.#closed) return;
    if (this.#takeNew(new Map())) this.#look();
  }

  settled(): boolean {
    return this.#resolver === undefined || this.#untried === 0;
  }

  counts(): OutsideCounts {
    const now = Date.now();
    const counts = { fresh: 0, stale: 0, empty: 0, unresolved: 0, oldestSeconds: 0, looks: this.#looks };
    for (const held of this.#held.values()) {
      const { answer } = held;
      if (answer === undefined) counts.unresolved += 1;
      else if (isStale(held)) counts.stale += 1;
      else if (answer.addresses.length === 0) counts.empty += 1;
      else counts.fresh += 1;
      if (answer !== undefined) counts.oldestSeconds = Math.max(counts.oldestSeconds, (now - answer.at) / 1000);
    }
    return counts;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#resolver?.close();
    await this.#file.close();
  }

  #keptAnswers(): Map<string, KeptAnswer> {
    try {
      return new Map(readAnswers(this.#options.directory).map((each) => [keyOf(each), each]));
    } catch (error) {
      this.#options.onWarning('the last answers of outside hosts cannot be read', String(error));
      return new Map();
    }
  }

  *#answers(): Iterable<KeptAnswer> {
    for (const { target, answer } of this.#held.values()) if (answer !== undefined) yield { ...target, ...answer };
  }

  /** Takes in the hosts that have come since the last call; whether there were any. */
  #takeNew(known: ReadonlyMap<string, KeptAnswer>): boolean {
    const from = this.#next;
    for (;;) {
      const rows = this.#options.view().range(tables.outsideTargets, { from: [this.#next], limit: TARGETS_AT_ONCE });
      for (const { key, value } of rows) this.#take(key[0] as number, value, known.get(keyOf(value)));
      const last = rows.at(-1);
      if (last !== undefined) this.#next = (last.key[0] as number) + 1;
      if (rows.length < TARGETS_AT_ONCE) return this.#next > from;
    }
  }

  #take(number: number, target: OutsideTarget, known: KeptAnswer | undefined): void {
    if (this.#free.length === 0) this.#dropUnused();
    const slot = this.#free.pop();
    if (slot === undefined) return;
    const restored = known !== undefined;
    const held: Held = { number, target, slot, answer: known, failures: 0, restored, dueAt: 0, written: '' };
    this.#held.set(number, held);
    if (restored) this.#publish(held);
    else this.#untried += 1;
  }

  #tick(): void {
    this.#look();
    const [failing] = this.#failing;
    if (failing !== undefined) this.#options.onFailing(this.#failing.length, ...failing);
    const [recovered] = this.#recovered;
    if (recovered !== undefined) this.#options.onRecovered(this.#recovered.length, recovered);
    this.#failing = [];
    this.#recovered = [];
  }

  /** Asks for those that are due, the longest overdue first, as far as there is room. */
  #look(): void {
    if (this.#resolver === undefined || this.#closed) return;
    const now = performance.now();
    const due = [...this.#held.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= now);
    due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
    for (const held of due) {
      if (this.#looking >= LOOKS_MAX) return;
      void this.#lookAt(held, this.#resolver);
    }
  }

  async #lookAt(held: Held, resolver: HostResolver): Promise<void> {
    // An alias that is gone tells nobody: its host is dropped when its turn comes.
    if (!this.#isUsed(held)) return this.#drop(held);
    held.dueAt = undefined;
    this.#looking += 1;
    const { name, type } = held.target;
    const asked = await resolver.ask(name, type, LOOK_MILLISECONDS_MAX);
    this.#looking -= 1;
    if (this.#closed || this.#held.get(held.number) !== held) return;
    this.#found(held, asked);
    this.#look();
  }

  #found(held: Held, asked: Asked): void {
    const result = asked.kind === 'addresses' ? 'resolved' : asked.reason;
    this.#looks.set(result, (this.#looks.get(result) ?? 0) + 1);
    if (held.answer === undefined && held.failures === 0) this.#untried -= 1;
    if (asked.kind === 'failed') {
      held.failures += 1;
      if (held.failures === 1) this.#failing.push([held.target, asked.reason]);
    } else {
      if (held.failures > 0) this.#recovered.push(held.target);
      held.failures = 0;
      held.restored = false;
      held.answer = {
        // In one order, since a resolver that turns them round tells nothing new.
        addresses: asked.kind === 'addresses' ? [...asked.addresses].sort() : [],
        ttlSeconds: asked.kind === 'addresses' ? asked.ttlSeconds : 0,
        at: Date.now(),
      };
      this.#file.changed();
    }
    this.#publish(held);
    held.dueAt = performance.now() + refreshAfter(asked, held.failures, Math.random());
  }

  /** Writes what is to be answered, if that is something else than before. */
  #publish(held: Held): void {
    const { number, slot, answer } = held;
    if (answer === undefined) return;
    this.#options.onAnswer?.(held.target, answer.addresses);
    const ttlSeconds = servedTtl(answer.ttlSeconds, isStale(held));
    const written = `${ttlSeconds} ${answer.addresses.join(' ')}`;
    if (written === held.written) return;
    this.#table.write(
      slot,
      ttlSeconds,
      answer.addresses.map(octetsOf).filter((each) => each !== undefined),
    );
    if (held.written === '') this.#table.assign(number, slot);
    held.written = written;
  }

  #isUsed({ number }: Held): boolean {
    return this.#options.view().get(tables.outsideTargets, [number]) !== undefined;
  }

  #dropUnused(): void {
    for (const held of this.#held.values()) if (!this.#isUsed(held)) this.#drop(held);
  }

  #drop(held: Held): void {
    this.#held.delete(held.number);
    if (held.answer === undefined && held.failures === 0) this.#untried -= 1;
    this.#table.release(held.number, held.slot);
    this.#free.push(held.slot);
    this.#file.changed();
  }
}

function isStale({ failures, restored }: Held): boolean {
  return failures > 0 || restored;
}

function keyOf({ name, type }: OutsideTarget): string {
  return `${name} ${type}`;
}

function octetsOf(address: string): Uint8Array | undefined {
  return parseIpv4(address) ?? parseIpv6(address);
}
