import { refuse, type ReadOperation } from '../operation.ts';
import { tables, type HostedZone } from '../tables.ts';

export interface ListHostedZonesCommand {
  readonly marker?: string;
  readonly maxItems: number;
  readonly delegationSetId?: string;
  readonly hostedZoneType?: string;
}

export interface HostedZonesListed {
  readonly zones: readonly HostedZone[];
  readonly nextMarker?: string;
}

/** In the order of their ids. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html */
export const listHostedZones: ReadOperation<ListHostedZonesCommand, HostedZonesListed> = {
  operation: 'ListHostedZones',
  read(view, command) {
    if (command.hostedZoneType !== undefined && command.hostedZoneType !== 'PrivateHostedZone') {
      return refuse('InvalidInput', `HostedZoneType must be PrivateHostedZone, not ${command.hostedZoneType}`);
    }
    if (command.hostedZoneType === 'PrivateHostedZone') return { zones: [] };
    const limit = command.maxItems + 1;
    const from = command.marker ?? '';
    let zones: (HostedZone | undefined)[];
    if (command.delegationSetId === undefined) {
      zones = view.range(tables.hostedZones, { from: [from], limit }).map((row) => row.value);
    } else {
      const set = command.delegationSetId;
      if (view.get(tables.delegationSets, [set]) === undefined) {
        return refuse('NoSuchDelegationSet', `No delegation set found with ID: ${set}`);
      }
      const rows = view.range(tables.delegationSetZones, { prefix: [set], from: [set, from], limit });
      zones = rows.map((row) => view.get(tables.hostedZones, [row.key[1] as string]));
    }
    const found = zones.filter((zone) => zone !== undefined);
    const next = found[command.maxItems];
    return { zones: found.slice(0, command.maxItems), ...(next === undefined ? {} : { nextMarker: next.id }) };
  },
};
