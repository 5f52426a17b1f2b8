import type * as sdk from '@aws-sdk/client-route-53';
import type { HostedZoneCreated } from '../../core/control/hosted-zones/create-hosted-zone.ts';
import type { HostedZoneDeleted } from '../../core/control/hosted-zones/delete-hosted-zone.ts';
import { getHostedZoneCount } from '../../core/control/hosted-zones/get-hosted-zone-count.ts';
import { getHostedZone } from '../../core/control/hosted-zones/get-hosted-zone.ts';
import { listHostedZonesByName } from '../../core/control/hosted-zones/list-hosted-zones-by-name.ts';
import { listHostedZones } from '../../core/control/hosted-zones/list-hosted-zones.ts';
import { bareId, optional, pageSize, read, write, type Door } from './door.ts';
import { hostedZoneShape, pendingChange, zoneDelegationSet } from './shapes.ts';

const PAGE = 100;

export const createHostedZoneDoor: Door<sdk.CreateHostedZoneRequest, sdk.CreateHostedZoneResponse> = {
  operation: 'CreateHostedZone',
  async handle(input, desk) {
    const change = await write<HostedZoneCreated>(desk, 'CreateHostedZone', {
      name: input.Name ?? '',
      callerReference: input.CallerReference ?? '',
      ...optional('comment', input.HostedZoneConfig?.Comment),
      ...optional('privateZone', input.HostedZoneConfig?.PrivateZone),
      ...optional('delegationSetId', input.DelegationSetId === undefined ? undefined : bareId(input.DelegationSetId)),
      ...optional('vpc', input.VPC === undefined ? undefined : { ...input.VPC }),
    });
    if (change.sharedNameServers) {
      desk.warn('no name-server set is free for this name, so the hosted zone shares one', {
        zone: change.zone.id,
        name: change.zone.name,
        nameServers: change.zone.nameServers,
      });
    }
    return {
      HostedZone: hostedZoneShape(change.zone),
      ChangeInfo: pendingChange(change),
      DelegationSet: zoneDelegationSet(change.zone),
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${change.zone.id}`,
    };
  },
};

export const getHostedZoneDoor: Door<sdk.GetHostedZoneRequest, sdk.GetHostedZoneResponse> = {
  operation: 'GetHostedZone',
  handle(input, desk) {
    const zone = read(desk, getHostedZone, { id: bareId(input.Id) });
    return { HostedZone: hostedZoneShape(zone), DelegationSet: zoneDelegationSet(zone) };
  },
};

export const deleteHostedZoneDoor: Door<sdk.DeleteHostedZoneRequest, sdk.DeleteHostedZoneResponse> = {
  operation: 'DeleteHostedZone',
  handle: async (input, desk) => ({
    ChangeInfo: pendingChange(await write<HostedZoneDeleted>(desk, 'DeleteHostedZone', { id: bareId(input.Id) })),
  }),
};

export const updateHostedZoneCommentDoor: Door<
  sdk.UpdateHostedZoneCommentRequest,
  sdk.UpdateHostedZoneCommentResponse
> = {
  operation: 'UpdateHostedZoneComment',
  async handle(input, desk) {
    const id = bareId(input.Id);
    await write(desk, 'UpdateHostedZoneComment', { id, ...optional('comment', input.Comment) });
    return { HostedZone: hostedZoneShape(read(desk, getHostedZone, { id })) };
  },
};

export const getHostedZoneCountDoor: Door<sdk.GetHostedZoneCountRequest, sdk.GetHostedZoneCountResponse> = {
  operation: 'GetHostedZoneCount',
  handle: (_input, desk) => ({ HostedZoneCount: read(desk, getHostedZoneCount, {}) }),
};

export const listHostedZonesDoor: Door<sdk.ListHostedZonesRequest, sdk.ListHostedZonesResponse> = {
  operation: 'ListHostedZones',
  handle(input, desk) {
    const maxItems = pageSize(input.MaxItems, PAGE, PAGE);
    const listed = read(desk, listHostedZones, {
      maxItems,
      ...optional('marker', input.Marker === undefined ? undefined : bareId(input.Marker)),
      ...optional('delegationSetId', input.DelegationSetId === undefined ? undefined : bareId(input.DelegationSetId)),
      ...optional('hostedZoneType', input.HostedZoneType as string | undefined),
    });
    return {
      HostedZones: listed.zones.map(hostedZoneShape),
      Marker: input.Marker ?? '',
      IsTruncated: listed.nextMarker !== undefined,
      ...optional('NextMarker', listed.nextMarker),
      MaxItems: maxItems,
    };
  },
};

export const listHostedZonesByNameDoor: Door<sdk.ListHostedZonesByNameRequest, sdk.ListHostedZonesByNameResponse> = {
  operation: 'ListHostedZonesByName',
  handle(input, desk) {
    const maxItems = pageSize(input.MaxItems, PAGE, PAGE);
    const listed = read(desk, listHostedZonesByName, {
      maxItems,
      ...optional('dnsName', input.DNSName),
      ...optional('hostedZoneId', input.HostedZoneId === undefined ? undefined : bareId(input.HostedZoneId)),
    });
    return {
      HostedZones: listed.zones.map(hostedZoneShape),
      ...optional('DNSName', listed.dnsName),
      ...optional('HostedZoneId', input.HostedZoneId),
      IsTruncated: listed.next !== undefined,
      ...optional('NextDNSName', listed.next?.dnsName),
      ...optional('NextHostedZoneId', listed.next?.hostedZoneId),
      MaxItems: maxItems,
    };
  },
};
