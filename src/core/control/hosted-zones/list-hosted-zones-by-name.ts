import { nameKey, normaliseName } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import { compareText } from '../nodes.ts';
import { refuse, type ReadOperation } from '../operation.ts';
import { tables, type HostedZone } from '../tables.ts';

export interface ListHostedZonesByNameCommand {
  readonly dnsName?: string;
  readonly hostedZoneId?: string;
  readonly maxItems: number;
}

export interface HostedZonesListedByName {
  readonly zones: readonly HostedZone[];
  /** Normalised. */
  readonly dnsName?: string;
  readonly next?: { readonly dnsName: string; readonly hostedZoneId: string };
}

/**
 * By reversed labels, then by id; the name is where to start, not a filter.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
 */
export const listHostedZonesByName: ReadOperation<ListHostedZonesByNameCommand, HostedZonesListedByName> = {
  operation: 'ListHostedZonesByName',
  read(view, command) {
    if (command.hostedZoneId !== undefined && command.dnsName === undefined) {
      return refuse('InvalidInput', 'HostedZoneId can be given only together with DNSName');
    }
    let dnsName: string | undefined;
    try {
      dnsName = command.dnsName === undefined ? undefined : normaliseName(command.dnsName);
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      return refuse('InvalidDomainName', `FATAL problem: ${error.message} encountered with '${command.dnsName}'`);
    }
    const start = dnsName === undefined ? '' : nameKey(dnsName);
    const zones: HostedZone[] = [];
    // Each row has at least one zone, so this many rows are enough for a page and the item after it.
    for (const row of view.range(tables.zonesAtName, { from: [start], limit: command.maxItems + 2 })) {
      const ids = row.value.map((entry) => entry.zoneId).sort(compareText);
      for (const id of ids) {
        if (row.key[0] === start && command.hostedZoneId !== undefined && id < command.hostedZoneId) continue;
        const zone = view.get(tables.hostedZones, [id]);
        if (zone !== undefined) zones.push(zone);
      }
    }
    const next = zones[command.maxItems];
    return {
      zones: zones.slice(0, command.maxItems),
      ...(dnsName === undefined ? {} : { dnsName }),
      ...(next === undefined ? {} : { next: { dnsName: next.name, hostedZoneId: next.id } }),
    };
  },
};
