import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuse, type ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Limit } from './limit.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZoneLimit.html */
export const getHostedZoneLimit: ReadOperation<{ readonly id: string; readonly type: string }, Limit> = {
  operation: 'GetHostedZoneLimit',
  read(view, { id, type }, given) {
    const zone = view.get(tables.hostedZones, [id]);
    if (zone === undefined) return noSuchHostedZone(id);
    if (type === 'MAX_RRSETS_BY_ZONE') {
      return { type, value: given.settings.quotas.recordSetsPerZoneMax, count: zone.recordSetCount };
    }
    if (type === 'MAX_VPCS_ASSOCIATED_BY_ZONE') {
      return refuse('HostedZoneNotPrivate', `The specified HostedZone ${id} is not a private hosted zone.`);
    }
    return refuse('InvalidInput', `Type must be one of [MAX_RRSETS_BY_ZONE, MAX_VPCS_ASSOCIATED_BY_ZONE], not ${type}`);
  },
};
