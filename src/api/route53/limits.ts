import type * as sdk from '@aws-sdk/client-route-53';
import { getAccountLimit } from '../../core/control/limits/get-account-limit.ts';
import { getHostedZoneLimit } from '../../core/control/limits/get-hosted-zone-limit.ts';
import { getReusableDelegationSetLimit } from '../../core/control/limits/get-reusable-delegation-set-limit.ts';
import { bareId, read, type Door } from './door.ts';

export const getAccountLimitDoor: Door<sdk.GetAccountLimitRequest, sdk.GetAccountLimitResponse> = {
  operation: 'GetAccountLimit',
  handle(input, desk) {
    const limit = read(desk, getAccountLimit, { type: input.Type ?? '' });
    return { Limit: { Type: limit.type as sdk.AccountLimitType, Value: limit.value }, Count: limit.count };
  },
};

export const getHostedZoneLimitDoor: Door<sdk.GetHostedZoneLimitRequest, sdk.GetHostedZoneLimitResponse> = {
  operation: 'GetHostedZoneLimit',
  handle(input, desk) {
    const limit = read(desk, getHostedZoneLimit, { id: bareId(input.HostedZoneId), type: input.Type ?? '' });
    return { Limit: { Type: limit.type as sdk.HostedZoneLimitType, Value: limit.value }, Count: limit.count };
  },
};

export const getReusableDelegationSetLimitDoor: Door<
  sdk.GetReusableDelegationSetLimitRequest,
  sdk.GetReusableDelegationSetLimitResponse
> = {
  operation: 'GetReusableDelegationSetLimit',
  handle(input, desk) {
    const limit = read(desk, getReusableDelegationSetLimit, {
      id: bareId(input.DelegationSetId),
      type: input.Type ?? '',
    });
    return {
      Limit: { Type: limit.type as sdk.ReusableDelegationSetLimitType, Value: limit.value },
      Count: limit.count,
    };
  },
};
