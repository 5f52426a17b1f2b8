import type { AddressRules } from '../health/address-rules.ts';
import type { Draft, View } from './view.ts';

/**
 * The one shape of the control plane's operations; each has a file of its own under its family.
 *
 * A writing operation is a pair: `decide` looks at a view and turns a command into a change or a refusal; `apply` folds the change
 * into the state. Ids and times are settled in `decide`, so `apply` is total and the same on every member.
 */
export interface WriteOperation<C, Ch extends ChangeBase> {
  /** Route 53's name of the operation. */
  readonly operation: string;
  /** Past tense; the discriminant of its change. */
  readonly kind: Ch['kind'];
  decide(view: View, command: C, given: Given): Ch | Refusal;
  lanes(change: Ch): Lanes;
  apply(draft: Draft, change: Ch, sequence: number): void;
  /** Who must look again, read after `apply`: ids of zones whose answers may differ, `healthCheckTouched` of health checks. */
  touches(view: View, change: Ch): readonly string[];
}

export interface ReadOperation<C, R> {
  readonly operation: string;
  read(view: View, command: C, given: Given): R | Refusal;
}

/** A change is past tense and complete. */
export interface ChangeBase {
  readonly kind: string;
  /** `C…`: also the idempotency key of the append. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Access key id of the caller. */
  readonly by: string;
}

/** Everything an operation may not find out by itself. */
export interface Given {
  readonly now: number;
  readonly principal: string;
  newId(kind: 'hosted-zone' | 'change' | 'delegation-set' | 'zone-data' | 'cidr-collection' | 'health-check'): string;
  readonly settings: ControlSettings;
}

/** Plain data: it crosses to the writer thread. */
export interface ControlSettings {
  readonly accountId: string;
  readonly nameServerSets: readonly NameServerSet[];
  readonly quotas: Quotas;
  /** Zones that other servers copy, by normalised name: each change advances their serial. None when left out. */
  readonly transferredOut?: 'all' | ReadonlySet<string>;
  readonly healthChecks: HealthCheckSettings;
  /** There are resolvers by which aliases can lead to hosts outside their zone. */
  readonly resolvesHosts: boolean;
}

export interface HealthCheckSettings {
  readonly addresses: AddressRules;
  /** Names of this member's checkers, which a check may name beside Route 53's regions. */
  readonly checkerRegions: readonly string[];
}

export interface NameServerSet {
  readonly servers: readonly NameServer[];
}

export interface NameServer {
  /** Lower-case, without a trailing dot. */
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface Quotas {
  readonly hostedZonesMax: number;
  readonly recordSetsPerZoneMax: number;
  readonly delegationSetsMax: number;
  readonly zonesPerDelegationSetMax: number;
  readonly healthChecksMax: number;
}

/** What a change must find unchanged since the view it was decided on. */
export interface Lanes {
  readonly advances: readonly string[];
  readonly reliesOn: readonly string[];
}

/** A command that was understood and turned down. Refusals are values; every one is visible, in order, in `message`. */
export interface Refusal {
  readonly refused: string;
  readonly message: string;
  /** Of a bulk: what is wrong with which of its steps. */
  readonly problems?: readonly Problem[];
}

export interface Problem {
  /** Counted from 0; left out when it is about the whole. */
  readonly step?: number;
  readonly message: string;
}

export function refuse(refused: string, message: string): Refusal {
  return { refused, message };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
