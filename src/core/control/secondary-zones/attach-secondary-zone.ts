import { nameKey, normaliseName } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import { addHostedZone, touched, zonesAround } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import { chooseSet, nameServerSetKey } from '../name-servers.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';

export interface AttachSecondaryZoneCommand {
  readonly name: string;
  /** Where it comes from, for people to read. */
  readonly primaries: readonly string[];
}

export interface SecondaryZoneAttached extends ChangeBase {
  readonly kind: 'SecondaryZoneAttached';
  readonly zone: HostedZone;
  /** Made just now; else its primaries have changed. */
  readonly isNew: boolean;
}

/**
 * A secondary zone is a hosted zone that is filled by transfers and not by the API. It begins empty, and is not answered from before
 * its first transfer. Unlike a zone of CreateHostedZone it may have any name, the root's included.
 */
export const attachSecondaryZone: WriteOperation<AttachSecondaryZoneCommand, SecondaryZoneAttached> = {
  operation: 'AttachSecondaryZone',
  kind: 'SecondaryZoneAttached',
  decide,
  lanes: (change) => ({ advances: [lane.names, lane.zone(change.zone.id)], reliesOn: [] }),
  apply,
  touches: (view, change) => [...touched(change.zone), ...(change.isNew ? zonesAround(view, change.zone.name) : [])],
};

function decide(view: View, command: AttachSecondaryZoneCommand, given: Given): SecondaryZoneAttached | Refusal {
  let name: string;
  try {
    name = normaliseName(command.name);
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    return refuse('InvalidDomainName', `FATAL problem: ${error.message} encountered with '${command.name}'`);
  }
  const base = {
    kind: 'SecondaryZoneAttached',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
  } as const;
  const existing = zonesNamed(view, name);
  const secondary = existing.find((zone) => zone.secondary !== undefined);
  if (secondary !== undefined) {
    return { ...base, zone: { ...secondary, secondary: { primaries: command.primaries } }, isNew: false };
  }
  if (existing.length > 0) {
    return refuse(
      'ConflictingDomainExists',
      `${name} is already hosted zone ${existing[0]?.id}, which the API edits; it cannot be a copy of another server's zone too`,
    );
  }
  if ((view.get(tables.counters, ['hosted-zones']) ?? 0) >= given.settings.quotas.hostedZonesMax) {
    return refuse('TooManyHostedZones', `The quota of ${given.settings.quotas.hostedZonesMax} hosted zones is used up`);
  }
  const { names } = chooseSet(view, given.settings.nameServerSets, name);
  const id = given.newId('hosted-zone');
  const zone: HostedZone = {
    id,
    name,
    callerReference: `secondary-zone/${id}`,
    private: false,
    recordSetCount: 0,
    nameServers: names,
    nameServerSet: nameServerSetKey(names),
    createdAt: given.now,
    secondary: { primaries: command.primaries },
  };
  return { ...base, zone, isNew: true };
}

/** Public hosted zones of a name, oldest first. */
export function zonesNamed(view: View, name: string): HostedZone[] {
  const entries = (view.get(tables.zonesAtName, [nameKey(name)]) ?? []).filter((entry) => !entry.private);
  return entries.map((entry) => view.get(tables.hostedZones, [entry.zoneId])).filter((zone) => zone !== undefined);
}

function apply(draft: Draft, change: SecondaryZoneAttached, sequence: number): void {
  const { zone, isNew } = change;
  if (isNew) {
    addHostedZone(draft, zone, { withheld: true });
    draft.put(tables.secondaryZones, [zone.id], { zoneId: zone.id, checkedAt: change.at });
  } else draft.put(tables.hostedZones, [zone.id], zone);
  keepChange(draft, change, sequence);
}
