import { nameKey } from '../../dns/name-key.ts';
import type { Soa } from '../../dns/rdata/soa.ts';
import { parseStored } from '../../dns/rdata-types.ts';
import { TYPE } from '../../dns/record-type.ts';
import { isLaterSerial, nextSerial } from '../../dns/serial.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { ControlSettings } from '../operation.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/**
 * Route 53 never touches a zone's serial. Servers that copy a zone go by nothing else, so a zone that is transferred out gets a later
 * one with each batch, in its stored SOA record: what is listed, what is answered and what is transferred stay one thing
 * (docs/decisions/0008). A serial that the batch itself sets stands if it is later; otherwise it would be a change nobody copies.
 */
export function withSerialAdvanced(view: View, zone: HostedZone, steps: readonly RecordSetStep[]): RecordSetStep[] {
  const stored = storedSoa(view, zone);
  if (stored === undefined) return [...steps];
  const own = steps.findLastIndex(
    (step) => step.action === 'PUT' && step.set.type === 'SOA' && step.name === zone.name,
  );
  const final = steps[own]?.set ?? stored;
  const before = serialOf(stored);
  if (isLaterSerial(serialOf(final), before)) return [...steps];
  const step: RecordSetStep = { action: 'PUT', name: zone.name, set: withSerial(final, nextSerial(before)) };
  return own < 0 ? [...steps, step] : steps.with(own, step);
}

/** The same for a zone whose new version, staged, is to take the place of the one that is served. */
export function serialOfSwitch(view: View, served: HostedZone, staged: HostedZone): RecordSetStep[] {
  const own = storedSoa(view, staged);
  return own === undefined ? [] : withSerialAdvanced(view, served, [{ action: 'PUT', name: served.name, set: own }]);
}

function storedSoa(view: View, zone: HostedZone): RecordSet | undefined {
  const apex = view.get(tables.nodes, [dataIdOf(zone), nameKey(zone.name)]);
  return apex?.recordSets.find((set) => set.type === 'SOA');
}

export function isTransferredOut(settings: ControlSettings, zoneName: string): boolean {
  const { transferredOut } = settings;
  return transferredOut === 'all' || (transferredOut?.has(zoneName) ?? false);
}

function serialOf(set: RecordSet): number {
  return (parseStored(TYPE.SOA, valueOf(set)) as Soa).serial;
}

/** The value is the caller's own text but for this one field. */
function withSerial(set: RecordSet, serial: number): RecordSet {
  const value = valueOf(set).replace(/^(\s*\S+\s+\S+\s+)[0-9]+/, (_, before: string) => `${before}${serial}`);
  return { ...set, values: [value] };
}

/** An SOA set has exactly one (record-sets/values.ts). */
function valueOf(set: RecordSet): string {
  return set.values?.[0] ?? '';
}
