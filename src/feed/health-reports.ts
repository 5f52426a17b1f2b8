import type { AlarmIdentifier } from '../core/health/health-check-config.ts';
import type { AlarmConfiguration } from './metric-source.ts';
import type { Observed } from './observation.ts';

/** What the front door asks of the health checks beside their state. */
export interface HealthReports {
  /** Empty while the checkers' thread is away or has had no results. */
  observed(healthCheckId: string): Promise<Observed>;
  /** Networks that the checkers' connections come from, sorted. */
  checkerRanges(): readonly string[];
  alarmConfiguration(alarm: AlarmIdentifier): AlarmConfiguration | undefined;
}
