import type { Logger } from 'pino';
import { loadCheckers, type Checkers } from '../checker/checkers.ts';
import { openWebhooks, type Webhooks } from '../feed/webhooks.ts';
import { tables } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Config } from './config.ts';

/** A member's health checks: its checkers, and who is told when a status changes. */
export interface Health {
  readonly checkers: Checkers;
  readonly webhooks: Webhooks | undefined;
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly config: Config;
  readonly propagation: SharedArrayBuffer;
  /** An octet for each health check (feed/status-table.ts). */
  readonly statuses: SharedArrayBuffer;
  readonly logger: Logger;
}

export interface LoadingHealth {
  /** To be called once the log is open. Resolves when every health check has its last status. */
  open(telemetry: Telemetry, view: View): Promise<Health>;
  close(): Promise<void>;
}

export function loadHealth({ config, logger, ...shared }: HealthOptions): LoadingHealth {
  const { health } = config;
  const webhooks =
    health.webhooks === undefined
      ? undefined
      : openWebhooks({
          ...health.webhooks,
          onFailure: (url, reason) => logger.warn({ url, reason }, 'a webhook was given up'),
        });
  const loading = loadCheckers({
    dataDirectory: config.dataDirectory,
    ...shared,
    regions: health.checkerRegions,
    probesMax: health.probesMax,
    addresses: health.addresses,
    resolvers: Array.isArray(config.resolvers) ? config.resolvers : [],
    ranges: health.checkerRanges,
    onStatus(change) {
      const status = change.healthy ? 'Healthy' : 'Unhealthy';
      logger.info({ ...change, status }, 'the status of a health check changed');
      const { healthy: _, at, ...told } = change;
      webhooks?.send('health_check.status_changed', { ...told, status, changedAt: new Date(at).toISOString() });
    },
    onRestart: (error) => logger.error({ err: error }, "the checkers' thread died and is started again"),
    onWarning: (message, error) => logger.warn({ error }, message),
  });
  const close = async (): Promise<void> => {
    await loading.close();
    webhooks?.close();
  };
  return {
    async open(telemetry, view) {
      const needed = (view.get(tables.counters, ['health-checks']) ?? 0) > 0;
      return { checkers: await loading.open(telemetry.alarms, telemetry.measured, needed), webhooks, close };
    },
    close,
  };
}
