import { setImmediate } from 'node:timers/promises';
import { signedZoneCounts } from '../core/control/dnssec/due.ts';
import { troubledKeys, type KeySigningKey, type ZoneDnssec } from '../core/control/dnssec/zone-dnssec.ts';
import { tables } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { Metric } from '../core/metrics/metric.ts';
import { ofValues, type StatisticSet } from '../core/metrics/statistics.ts';
import { ROUTE53_REGION } from './health-metrics.ts';
import type { MetricStore } from './metric-store.ts';

/** Route 53 publishes them so often. */
const SLOT_SECONDS = 4 * 3600;
const MINUTE_SECONDS = 60;
/** A zone has four metrics: with a fifth of those that a member keeps, others have room. */
const ZONES_MAX = 2500;
/** Rows looked at between what else there is to do. */
const ZONES_AT_ONCE = 100;

const NEEDING_ACTION = 'DNSSECKeySigningKeysNeedingAction';

/**
 * Publishes what Route 53 does of hosted zones that sign: once in four hours, and within a minute when a key begins or ceases to need action.
 * What is published already is read from the metrics themselves, so it may stop and begin anew at any time.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
 */
export class SignedZoneMetrics {
  readonly #metrics: MetricStore;
  readonly #view: () => View;
  /** What zones and keys there were, and in which slot, when all zones were last looked at. */
  #lookedAt = '';

  constructor(metrics: MetricStore, view: () => View) {
    this.#metrics = metrics;
    this.#view = view;
  }

  /** To be called each minute. Resolves to false when there was no room for a zone. */
  async publish(nowSeconds: number): Promise<boolean> {
    const { signedZones, keysNeedingAction } = signedZoneCounts(this.#view());
    const looksAt = [slotOf(nowSeconds), signedZones, keysNeedingAction].join();
    if (looksAt === this.#lookedAt) return true;
    const zones: Published = { room: ZONES_MAX - this.#zonesKept(), leftOut: false };
    for (let from = ''; ;) {
      const rows = this.#view().range(tables.dnssec, { from: [from], limit: ZONES_AT_ONCE });
      for (const { key, value } of rows) this.#publishZone(key[0] as string, value, nowSeconds, zones);
      const last = rows.at(-1)?.key[0];
      if (last === undefined || rows.length < ZONES_AT_ONCE) break;
      from = `${last}\0`;
      await setImmediate();
    }
    this.#lookedAt = looksAt;
    return !zones.leftOut;
  }

  #publishZone(zoneId: string, dnssec: ZoneDnssec, now: number, zones: Published): void {
    if (dnssec.signing === undefined) return;
    const isNew = this.#metrics.units(ROUTE53_REGION, metricOf(zoneId, NEEDING_ACTION)).length === 0;
    const needingAction = troubledKeys(dnssec).length;
    if (!isNew && this.#isPublished(zoneId, needingAction, now)) return;
    if (isNew && zones.room <= 0) {
      zones.leftOut = true;
      return;
    }
    if (isNew) zones.room -= 1;
    for (const [name, { unit, of }] of Object.entries(METRICS)) {
      const datum = { metric: metricOf(zoneId, name), unit, at: now, highResolution: false, set: of(dnssec, now) };
      if (!this.#metrics.put(ROUTE53_REGION, datum)) zones.leftOut = true;
    }
  }

  /** In this slot, and as it is now. */
  #isPublished(zoneId: string, needingAction: number, now: number): boolean {
    const asked = { periodSeconds: MINUTE_SECONDS, from: slotOf(now) * SLOT_SECONDS, to: Infinity };
    const points = [...this.#metrics.between(ROUTE53_REGION, metricOf(zoneId, NEEDING_ACTION), asked)];
    return points.at(-1)?.set.sum === needingAction;
  }

  #zonesKept(): number {
    let zones = 0;
    for (const { metric } of this.#metrics.list(ROUTE53_REGION)) {
      if (metric.namespace === NAMESPACE && metric.name === NEEDING_ACTION) zones += 1;
    }
    return zones;
  }
}

interface Published {
  /** For so many more zones. */
  room: number;
  leftOut: boolean;
}

interface SignedZoneMetric {
  readonly unit: string;
  readonly of: (dnssec: ZoneDnssec, nowSeconds: number) => StatisticSet;
}

const METRICS: Readonly<Record<string, SignedZoneMetric>> = {
  // No operation is done by halves here, so no zone and no key is ever in this state.
  DNSSECInternalFailure: { unit: 'Count', of: () => ofValues([0]) },
  [NEEDING_ACTION]: { unit: 'Count', of: (dnssec) => ofValues([troubledKeys(dnssec).length]) },
  DNSSECKeySigningKeyMaxNeedingActionAge: {
    unit: 'Seconds',
    of: (dnssec, now) => ages(troubledKeys(dnssec), now, ({ trouble }) => trouble?.since),
  },
  DNSSECKeySigningKeyAge: {
    unit: 'Seconds',
    of: ({ keySigningKeys }, now) => ages(keySigningKeys, now, ({ createdAt }) => createdAt),
  },
};

const NAMESPACE = 'AWS/Route53';

function metricOf(zoneId: string, name: string): Metric {
  return { namespace: NAMESPACE, name, dimensions: [{ name: 'HostedZoneId', value: zoneId }] };
}

function slotOf(nowSeconds: number): number {
  return Math.floor(nowSeconds / SLOT_SECONDS);
}

/** How long ago that was for each of them, in whole seconds; zero where there is none. */
function ages(
  keys: readonly KeySigningKey[],
  nowSeconds: number,
  since: (key: KeySigningKey) => number | undefined,
): StatisticSet {
  const seconds = keys.map((key) => Math.max(0, Math.floor(nowSeconds - (since(key) ?? 0) / 1000)));
  return ofValues(seconds.length === 0 ? [0] : seconds);
}
