import { randomUUID } from 'node:crypto';
import { dsOf } from '../core/control/dnssec/key-records.ts';
import type { ParentTold } from '../core/control/dnssec/parent-told.ts';
import { NO_DNSSEC, statusOf, type ZoneDnssec } from '../core/control/dnssec/zone-dnssec.ts';
import { House } from '../core/control/house-in-memory.ts';
import { refuse } from '../core/control/operation.ts';
import { operationNamed } from '../core/control/operations.ts';
import { tables } from '../core/control/tables.ts';
import type { ZoneSigning } from '../core/dnssec/zone-signing.ts';
import { WatchedClock } from './clock.ts';
import { DnssecDesk, type DnssecDeskPorts, type DnssecOutcome } from './dnssec-desk.ts';
import { KeysInMemory } from './keys-in-memory.ts';
import { signedZones } from './signed-zones.ts';
import { startSteward, type Steward } from './steward.ts';

const HOUR = 3_600_000;

/** What happens to a command on its way: it is done and answered, the member dies before it is done, or before it is answered. */
export type Fate = 'done' | 'lost' | 'unanswered';

/** For tests: a house, its keys, and a steward that lives in simulated time and may die and be started again. */
export class StewardWorld {
  readonly house = new House();
  readonly keys = new KeysInMemory();
  readonly log: string[] = [];
  /** Asked for each of the steward's commands. */
  fate: (operation: string) => Fate = () => 'done';
  commands = 0;
  /** What resolvers say of a zone's parent; undefined where there are none. */
  parent: ((zoneName: string) => ParentTold) | undefined;
  /** The steward died, and has not been started again. */
  dead = false;
  #elapsed = 0;
  #steward: Steward | undefined;
  #generation = 0;
  #timer: { readonly at: number; readonly run: () => void } | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(start: number) {
    this.house.now(start);
  }

  now(): number {
    return this.house.given.now;
  }

  /** For what people do. */
  desk(): DnssecDesk {
    return new DnssecDesk({
      view: () => this.house.draft,
      now: () => this.now(),
      keys: this.keys,
      newZoneKey: (algorithm) => this.keys.newZoneKey(algorithm),
      askParent: this.#askParent(),
      submit: async (operation, command) => this.#run(operation, command),
    });
  }

  /** Starts a steward; one that was there is dead from now on. Resolves when it has nothing to do for the time being. */
  async start(): Promise<void> {
    const generation = (this.#generation += 1);
    const alive = (): void => {
      if (generation !== this.#generation) throw new Error('dead');
    };
    this.dead = false;
    await this.#steward?.stop();
    this.#idle = Promise.withResolvers();
    const clock = new WatchedClock({ now: () => this.now(), elapsed: () => this.#elapsed }, (milliseconds) =>
      this.log.push(`clock jumped by ${milliseconds / HOUR} h`),
    );
    const view = () => this.house.draft;
    const newZoneKey = this.keys.newZoneKey.bind(this.keys);
    const newKmsKey = async () => ({ id: randomUUID(), publicKey: '', wrapped: '' });
    const submit = async (operation: string, command: unknown) => {
      alive();
      const fate = this.fate(operation);
      if (fate === 'done') return this.#run(operation, command);
      if (fate === 'unanswered') this.#run(operation, command);
      this.#generation += 1;
      this.dead = true;
      throw new Error('the member dies');
    };
    const desk = new DnssecDesk({
      view,
      now: () => this.now(),
      keys: this.keys,
      newZoneKey,
      submit,
      askParent: this.#askParent(),
    });
    const report = {
      keyFails: (_zone: string, name: string, message: string) => this.log.push(`${name} fails: ${message}`),
      keyWorks: (_zone: string, name: string) => this.log.push(`${name} works`),
      rolled: (_zone: string, step: string) => this.log.push(step),
      keyRolled: (_zone: string, phase: string) => this.log.push(`key ${phase}`),
      keyHeldUp: (_zone: string, why: string) => this.log.push(`held up: ${why}`),
      parentTold: () => this.log.push('parent told'),
      failed: (_zone: string, error: unknown) => this.log.push(String(error)),
    };
    const chore = signedZones({ view, submit, desk, keys: this.keys, newZoneKey, newKmsKey, clock, report });
    const timers = {
      after: (milliseconds: number, run: () => void) => {
        this.#timer = { at: this.#elapsed + milliseconds, run };
        this.#idle.resolve();
        return () => (this.#timer = undefined);
      },
    };
    this.#steward = startSteward({
      chores: [chore],
      clock,
      timers,
      failed: (_, error) => this.log.push(String(error)),
    });
    await this.#idle.promise;
  }

  /** Time passes, and a steward whose timer has run out has its round. */
  async pass(milliseconds: number): Promise<void> {
    this.#elapsed += milliseconds;
    this.house.now(this.now() + milliseconds);
    const timer = this.#timer;
    if (timer === undefined || timer.at > this.#elapsed) return;
    this.#timer = undefined;
    this.#idle = Promise.withResolvers();
    timer.run();
    await this.#idle.promise;
  }

  /** Somebody sets the clock; no time passes. */
  set(now: number): void {
    this.house.now(now);
  }

  zone(name: string): string {
    return this.house.zone(name).zone.id;
  }

  async create(
    hostedZoneId: string,
    name: string,
    status = 'ACTIVE',
    kmsArn = arnOf(hostedZoneId, name),
  ): Promise<void> {
    done(
      await this.desk().createKeySigningKey({ hostedZoneId, name, status, callerReference: name, kmsArn }, 'somebody'),
    );
  }

  /** A key that somebody has made in the embedded key service; its ARN. */
  kmsKey(): string {
    const id = randomUUID();
    const key = { region: 'us-east-1', id, spec: 'ECC_NIST_P256', publicKey: '', wrapped: '', description: '' };
    this.#run('kms:CreateKey', { ...key, bypassPolicyCheck: true, tags: [] });
    return `arn:aws:kms:us-east-1:000000000000:key/${id}`;
  }

  /** States of the embedded service's keys, in the order in which they were made. */
  kmsKeys(): string[] {
    const rows = this.house.draft.range(tables.kmsKeys, { limit: 100 }).map(({ value }) => value);
    return rows.toSorted((a, b) => a.createdAt - b.createdAt).map(({ state }) => state);
  }

  async enable(hostedZoneId: string): Promise<void> {
    done(await this.desk().enableHostedZoneDNSSEC({ hostedZoneId }, 'somebody'));
  }

  tag(resourceId: string, key: string, value: string): void {
    const command = { resourceType: 'hostedzone', resourceId, addTags: [{ key, value }] };
    this.#run('ChangeTagsForResource', command);
  }

  untag(resourceId: string, key: string): void {
    this.#run('ChangeTagsForResource', { resourceType: 'hostedzone', resourceId, removeTagKeys: [key] });
  }

  async deactivate(hostedZoneId: string, name: string): Promise<void> {
    done(await this.desk().deactivateKeySigningKey({ hostedZoneId, name }, 'somebody'));
  }

  dnssec(zoneId: string): ZoneDnssec {
    return this.house.draft.get(tables.dnssec, [zoneId]) ?? NO_DNSSEC;
  }

  served(zoneId: string): ZoneSigning | undefined {
    return this.house.draft.get(tables.zoneSignings, [zoneId]);
  }

  status(zoneId: string): string {
    return statusOf(this.dnssec(zoneId)).serveSignature;
  }

  ds(zoneId: string, name: string): string {
    const key = this.dnssec(zoneId).keySigningKeys.find((each) => each.name === name);
    return key === undefined ? '' : dsOf(key);
  }

  #askParent(): DnssecDeskPorts['askParent'] {
    const { parent } = this;
    return parent && (async (zoneName) => parent(zoneName));
  }

  #run(operation: string, command: unknown) {
    this.commands += 1;
    const change = this.house.run(operationNamed(operation), command);
    if (typeof change !== 'string') return { change };
    const [refused = '', message = ''] = change.split(': ', 2);
    return refuse(refused, message);
  }
}

export function arnOf(zoneId: string, name: string): string {
  return `arn:aws:kms:us-east-1:000000000000:key/${zoneId}-${name}`;
}

function done(outcome: DnssecOutcome): void {
  if ('refused' in outcome) throw new Error(`${outcome.refused}: ${outcome.message}`);
}
