import type { Registry } from 'prom-client';
import { TRANSFER_COUNTER, type TransferCounters } from '../transfer/transfer-counters.ts';
import { readCounter, readGauge } from './read-metrics.ts';

const TOTALS = [
  ['zone_transfers_refused_total', 'transfers, NOTIFY and signatures turned down', TRANSFER_COUNTER.refused],
  ['zone_transfers_received_total', 'transfers that brought a new version', TRANSFER_COUNTER.received],
  ['zone_transfers_failed_total', 'looks at all primaries of a zone without success', TRANSFER_COUNTER.failedIn],
  ['zone_notifies_sent_total', 'NOTIFY messages sent', TRANSFER_COUNTER.notifiesSent],
  ['zone_notifies_lost_total', 'versions that a secondary was told of in vain', TRANSFER_COUNTER.notifiesLost],
  ['zone_notifies_received_total', 'NOTIFY messages of primaries', TRANSFER_COUNTER.notifiesReceived],
] as const;

const GAUGES = [
  ['secondary_zones', 'zones copied from others', TRANSFER_COUNTER.secondaryZones],
  ['secondary_zones_expired', 'zones that no primary confirmed for too long', TRANSFER_COUNTER.expiredZones],
] as const;

/** What `/metrics` says about zone transfers. */
export function addTransferMetrics(registry: Registry, counters: TransferCounters): void {
  const help = 'zones sent: whole, what changed, or that nothing did';
  readCounter(registry, 'waypost_zone_transfers_sent_total', help, ['kind'], (metric) => {
    metric.inc({ kind: 'whole' }, counters.get(TRANSFER_COUNTER.sentWhole));
    metric.inc({ kind: 'difference' }, counters.get(TRANSFER_COUNTER.sentDifference));
    metric.inc({ kind: 'current' }, counters.get(TRANSFER_COUNTER.sentCurrent));
  });
  for (const [name, about, counter] of TOTALS) {
    readCounter(registry, `waypost_${name}`, about, [], (metric) => metric.inc(counters.get(counter)));
  }
  for (const [name, about, counter] of GAUGES)
    readGauge(registry, `waypost_${name}`, about, () => counters.get(counter));
}
