import { once } from 'node:events';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { touchedHealthCheck } from '../core/control/health-checks/health-check-touched.ts';
import { tables, type HealthCheck, type Tag } from '../core/control/tables.ts';
import { addressGuard } from '../core/health/address-rules.ts';
import { extensionsOf } from '../core/health/extensions.ts';
import { isEndpointType, type AlarmIdentifier, type HealthCheckConfig } from '../core/health/health-check-config.ts';
import { probePlan } from '../core/health/probe-plan.ts';
import { Feed, type StatusChange } from '../feed/feed.ts';
import type { HealthMeasurement } from '../feed/health-measurement.ts';
import type { Observed } from '../feed/observation.ts';
import { keepStatusFile } from '../feed/status-file.ts';
import { StatusTable } from '../feed/status-table.ts';
import { PropagationFollower } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { Checking, clock } from './checking.ts';
import { add, COUNTER } from './counters.ts';
import { Gate } from './gate.ts';
import { openLookup } from './lookup.ts';
import type { CheckerThreadData, FromCheckerThread, ToCheckerThread } from './thread-data.ts';

/**
 * The checkers' thread: it follows the log for health checks that come, change and go, has them probed, and feeds what comes out into
 * the status table. When it dies, the table stays as it is, and the next one goes on from there.
 */

/** Read at a time while all are read, so that a million checks do not sit in memory twice. */
const CHECKS_AT_ONCE = 1000;
/** Looked at even when nothing was published: the store's snapshot must not grow old. */
const FOLLOW_MILLISECONDS = 1000;
const TICK_MILLISECONDS = 250;
const CENSUS_MILLISECONDS = 2000;
const MINUTE_MILLISECONDS = 60_000;
/** Told to main in one message, a tick after the other: some milliseconds of either thread. */
const MEASUREMENTS_AT_ONCE = 2000;
/** A checker is silent when it has missed three turns and could not even have been waiting for a slow endpoint. */
const SILENT_TURNS = 3;
const SLOWEST_PROBE_MILLISECONDS = 15_000;

class CheckerThread {
  readonly #data = workerData as CheckerThreadData;
  readonly #counters = new Float64Array(this.#data.counters);
  /** Before the store, so that nothing is committed between the two. */
  readonly #follower = new PropagationFollower(this.#data.propagation);
  readonly #store = openStore(this.#data.dataDirectory, { readOnly: true });
  readonly #found = new StatusTable(this.#data.found);
  readonly #file = keepStatusFile(this.#data.dataDirectory, this.#found, (error) =>
    this.#warn('what was found unhealthy could not be written', error),
  );
  readonly #gate = new Gate(this.#data.probesMax);
  readonly #feed = new Feed({
    statuses: new StatusTable(this.#data.statuses),
    found: this.#found,
    onStatus: (change) => this.#announce(change),
    onFound: () => this.#file.changed(),
  });
  readonly #checking = new Checking({
    guard: addressGuard(this.#data.addresses),
    lookup: openLookup(this.#data.resolvers),
    gate: this.#gate,
    counters: this.#counters,
    onVerdict: (id, region, healthy) => this.#feed.report(id, region, healthy, clock()),
  });
  readonly #types = new Map<string, { readonly config: HealthCheckConfig; readonly name: string | undefined }>();
  readonly #alarms = new Map<string, AlarmIdentifier>();
  #alarmsChanged = true;
  /** The minute that it is, counted from the epoch: what is measured belongs to the one before. */
  #minute = Math.floor(Date.now() / MINUTE_MILLISECONDS);
  #measurements: Generator<HealthMeasurement, undefined> | undefined;
  readonly #closing = Promise.withResolvers<'closing'>();

  async run(): Promise<void> {
    parentPort?.on('message', (message: ToCheckerThread) => this.#receive(message));
    this.#readAll(false);
    this.#tick();
    this.#takeCensus();
    this.#send({ kind: 'ready', checks: this.#feed.size });
    const timers = [
      setInterval(() => this.#tick(), TICK_MILLISECONDS),
      setInterval(() => this.#takeCensus(), CENSUS_MILLISECONDS),
    ];
    for (;;) {
      const woken = await Promise.race([this.#follower.changed(FOLLOW_MILLISECONDS), this.#closing.promise]);
      if (woken === 'closing') break;
      this.#store.renew();
      this.#catchUp();
    }
    timers.forEach(clearInterval);
    this.#checking.close();
    await this.#file.close();
    await this.#store.close();
  }

  #tick(): void {
    this.#feed.tick(clock());
    this.#measure();
    if (!this.#alarmsChanged) return;
    this.#alarmsChanged = false;
    this.#send({ kind: 'alarms', alarms: [...this.#alarms] });
  }

  /** At the end of each minute, in parts: a hundred thousand checks at once would keep probes waiting. */
  #measure(): void {
    const minute = Math.floor(Date.now() / MINUTE_MILLISECONDS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#measurements = this.#allMeasurements();
    }
    const part: HealthMeasurement[] = [];
    while (part.length < MEASUREMENTS_AT_ONCE) {
      const next = this.#measurements?.next();
      if (next?.value === undefined) break;
      part.push(next.value);
    }
    if (part.length > 0) this.#send({ kind: 'measured', minuteSeconds: (minute - 1) * 60, measurements: part });
  }

  *#allMeasurements(): Generator<HealthMeasurement, undefined> {
    yield* this.#feed.measurements(clock());
    yield* this.#checking.measurements();
  }

  #catchUp(): void {
    if (!this.#follower.behind()) return;
    const touched = new Set<string>();
    const outcome = this.#follower.next((each) => {
      const id = touchedHealthCheck(each);
      if (id !== undefined) touched.add(id);
    });
    this.#store.renew();
    if (outcome === 'overrun') this.#readAll(true);
    else for (const id of touched) this.#take(id, this.#store.view.get(tables.healthChecks, [id]), true);
  }

  /** Calculated checks last: by then their children have a status. */
  #readAll(fresh: boolean): void {
    const gone = new Set(this.#types.keys());
    const calculated: HealthCheck[] = [];
    for (let from = ''; ;) {
      const rows = this.#store.view.range(tables.healthChecks, { from: [from], limit: CHECKS_AT_ONCE });
      for (const { value: check } of rows) {
        gone.delete(check.id);
        if (check.config.type === 'CALCULATED') calculated.push(check);
        else this.#take(check.id, check, fresh);
      }
      if (rows.length < CHECKS_AT_ONCE) break;
      from = `${rows.at(-1)?.value.id ?? ''}\0`;
    }
    for (const check of calculated) this.#take(check.id, check, fresh);
    for (const id of gone) this.#take(id, undefined, fresh);
  }

  /** Takes over what the state says about a check. One that cannot be understood must not take the others with it. */
  #take(id: string, check: HealthCheck | undefined, fresh: boolean): void {
    try {
      if (check === undefined) this.#forget(id);
      else this.#watch(check, fresh);
    } catch (error) {
      this.#warn(`health check ${id} is not checked`, error);
    }
  }

  #forget(id: string): void {
    this.#types.delete(id);
    this.#checking.forget(id);
    this.#feed.forget(id, clock());
    this.#followAlarm(id, undefined);
  }

  #watch({ id, index, config }: HealthCheck, fresh: boolean): void {
    const tags = this.#store.view.get(tables.tags, ['healthcheck', id]) ?? [];
    const isNew = !this.#types.has(id);
    this.#types.set(id, { config, name: nameIn(tags) });
    const extensions = extensionsOf(tags);
    const plan = isEndpointType(config.type) ? probePlan(id, config, extensions) : undefined;
    this.#feed.watch(
      {
        id,
        index,
        config,
        failBackDelayMilliseconds: (extensions.failBackDelaySeconds ?? 0) * 1000,
        silenceMilliseconds: SILENT_TURNS * (plan?.intervalMilliseconds ?? 0) + SLOWEST_PROBE_MILLISECONDS,
      },
      clock(),
    );
    this.#followAlarm(id, config.disabled ? undefined : config.alarm);
    if (plan === undefined || config.disabled) {
      this.#checking.forget(id);
      return;
    }
    const regions = regionsFor(config, this.#data.regions);
    for (const region of this.#data.regions) if (!regions.includes(region)) this.#feed.dismiss(id, region);
    this.#checking.watch({
      id,
      plan,
      regions,
      well: this.#found.get(index) ?? true,
      fresh: fresh && isNew,
      measured: config.measureLatency ?? false,
    });
  }

  #followAlarm(id: string, alarm: AlarmIdentifier | undefined): void {
    const before = this.#alarms.get(id);
    if (before?.name === alarm?.name && before?.region === alarm?.region) return;
    if (alarm === undefined) this.#alarms.delete(id);
    else this.#alarms.set(id, alarm);
    this.#alarmsChanged = true;
  }

  #receive(message: ToCheckerThread): void {
    if (message.kind === 'observed') {
      this.#send({ kind: 'observed', ticket: message.ticket, observed: this.#observed(message.id) });
    } else if (message.kind === 'metrics') {
      for (const [id, state] of message.states) this.#feed.metric(id, state, clock());
    } else if (message.kind === 'close') this.#closing.resolve('closing');
  }

  #observed(id: string): Observed {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined) return this.#checking.observed(id);
    const state = this.#feed.metricState(id) ?? 'insufficient-data';
    const words = { ok: 'is OK', alarm: 'is in ALARM', 'insufficient-data': 'has insufficient data' }[state];
    const status = `${state === 'ok' ? 'Success' : 'Failure'}: The CloudWatch alarm ${alarm.name} ${words}.`;
    const observation = { region: alarm.region, status, checkedAt: Date.now() };
    return { last: [observation], failures: state === 'ok' ? [] : [observation] };
  }

  #announce({ id, healthy }: StatusChange): void {
    const known = this.#types.get(id);
    if (known === undefined) return;
    add(this.#counters, COUNTER.statusChanges, 1);
    const reason = healthy ? undefined : this.#checking.lastFailure(id);
    this.#send({
      kind: 'status',
      change: {
        healthCheckId: id,
        ...(known.name === undefined ? {} : { name: known.name }),
        type: known.config.type,
        healthy,
        at: Date.now(),
        ...(reason === undefined ? {} : { reason }),
      },
    });
  }

  #takeCensus(): void {
    const { healthy, unhealthy } = this.#feed.counts();
    this.#counters[COUNTER.healthy] = healthy;
    this.#counters[COUNTER.unhealthy] = unhealthy;
    this.#counters[COUNTER.silent] = this.#feed.silent(clock());
    this.#counters[COUNTER.inside] = this.#gate.inside;
    this.#counters[COUNTER.waiting] = this.#gate.waiting;
  }

  #warn(message: string, error: unknown): void {
    this.#send({ kind: 'warning', message, error: error instanceof Error ? error.message : String(error) });
  }

  #send(message: FromCheckerThread): void {
    parentPort?.postMessage(message);
  }
}

/** A check that asks for regions of which none has a checker here is checked by all there are, rather than by nobody. */
function regionsFor(config: HealthCheckConfig, checkers: readonly string[]): readonly string[] {
  const asked = config.regions?.filter((region) => checkers.includes(region)) ?? [];
  return asked.length > 0 ? asked : checkers;
}

function nameIn(tags: readonly Tag[]): string | undefined {
  return tags.find((tag) => tag.key === 'Name')?.value;
}

// Loaded; what it reads may still have to be made.
const [first] = (await once(parentPort as MessagePort, 'message')) as [ToCheckerThread];
if (first.kind === 'begin') await new CheckerThread().run();
// Probes may be under way, and nobody waits for them.
process.exit(0);
