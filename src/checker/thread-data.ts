import type { AddressRules } from '../core/health/address-rules.ts';
import type { AlarmIdentifier } from '../core/health/health-check-config.ts';
import type { MetricState } from '../core/health/status.ts';
import type { HealthMeasurement } from '../feed/health-measurement.ts';
import type { Observed } from '../feed/observation.ts';

/** What main hands to the checkers' thread. */
export interface CheckerThreadData {
  readonly dataDirectory: string;
  readonly propagation: SharedArrayBuffer;
  /** Status tables: what is answered by, and what was found. */
  readonly statuses: SharedArrayBuffer;
  readonly found: SharedArrayBuffer;
  /** Laid out as counters.ts says. */
  readonly counters: SharedArrayBuffer;
  readonly regions: readonly string[];
  readonly probesMax: number;
  readonly addresses: AddressRules;
  readonly resolvers: readonly string[];
}

export type ToCheckerThread =
  /** The first message: the store can be opened. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'observed'; readonly ticket: number; readonly id: string }
  | { readonly kind: 'metrics'; readonly states: readonly (readonly [id: string, state: MetricState])[] }
  | { readonly kind: 'close' };

export type FromCheckerThread =
  /** Every check has its status in the table. */
  | { readonly kind: 'ready'; readonly checks: number }
  | { readonly kind: 'observed'; readonly ticket: number; readonly observed: Observed }
  | { readonly kind: 'status'; readonly change: AnnouncedChange }
  /** The alarms that checks follow now. */
  | { readonly kind: 'alarms'; readonly alarms: readonly (readonly [id: string, alarm: AlarmIdentifier])[] }
  /** What was measured of some health checks in the minute that begins then. */
  | { readonly kind: 'measured'; readonly minuteSeconds: number; readonly measurements: readonly HealthMeasurement[] }
  | { readonly kind: 'warning'; readonly message: string; readonly error: string };

/** A change of status as people and webhooks are told it. */
export interface AnnouncedChange {
  readonly healthCheckId: string;
  /** The check's `Name` tag. */
  readonly name?: string;
  readonly type: string;
  readonly healthy: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** For endpoints that went down: what a checker saw last. */
  readonly reason?: string;
}
