import type * as sdk from '@aws-sdk/client-route-53';
import type { DelegationSetCreated } from '../../core/control/delegation-sets/create-reusable-delegation-set.ts';
import { getReusableDelegationSet } from '../../core/control/delegation-sets/get-reusable-delegation-set.ts';
import { listReusableDelegationSets } from '../../core/control/delegation-sets/list-reusable-delegation-sets.ts';
import { bareId, optional, pageSize, read, write, type Door } from './door.ts';
import { reusableSetShape } from './shapes.ts';

const PAGE = 100;

export const createReusableDelegationSetDoor: Door<
  sdk.CreateReusableDelegationSetRequest,
  sdk.CreateReusableDelegationSetResponse
> = {
  operation: 'CreateReusableDelegationSet',
  async handle(input, desk) {
    const { set } = await write<DelegationSetCreated>(desk, 'CreateReusableDelegationSet', {
      callerReference: input.CallerReference ?? '',
      ...optional('hostedZoneId', input.HostedZoneId === undefined ? undefined : bareId(input.HostedZoneId)),
    });
    return {
      DelegationSet: reusableSetShape(set),
      Location: `https://route53.amazonaws.com/2013-04-01/delegationset/${set.id}`,
    };
  },
};

export const getReusableDelegationSetDoor: Door<
  sdk.GetReusableDelegationSetRequest,
  sdk.GetReusableDelegationSetResponse
> = {
  operation: 'GetReusableDelegationSet',
  handle: (input, desk) => ({
    DelegationSet: reusableSetShape(read(desk, getReusableDelegationSet, { id: bareId(input.Id) })),
  }),
};

export const deleteReusableDelegationSetDoor: Door<
  sdk.DeleteReusableDelegationSetRequest,
  sdk.DeleteReusableDelegationSetResponse
> = {
  operation: 'DeleteReusableDelegationSet',
  async handle(input, desk) {
    await write(desk, 'DeleteReusableDelegationSet', { id: bareId(input.Id) });
    return {};
  },
};

export const listReusableDelegationSetsDoor: Door<
  sdk.ListReusableDelegationSetsRequest,
  sdk.ListReusableDelegationSetsResponse
> = {
  operation: 'ListReusableDelegationSets',
  handle(input, desk) {
    const maxItems = pageSize(input.MaxItems, PAGE, PAGE);
    const marker = input.Marker === undefined ? undefined : bareId(input.Marker);
    const listed = read(desk, listReusableDelegationSets, { maxItems, ...optional('marker', marker) });
    return {
      DelegationSets: listed.sets.map(reusableSetShape),
      Marker: input.Marker ?? '',
      IsTruncated: listed.nextMarker !== undefined,
      ...optional('NextMarker', listed.nextMarker),
      MaxItems: maxItems,
    };
  },
};
