import type { ControlSettings } from '../../src/core/control/operation.ts';

/** A member with room for anything the durability programs do. */
export const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: ['127.0.0.1'] }] }],
  quotas: { hostedZonesMax: 1e6, recordSetsPerZoneMax: 1e6, delegationSetsMax: 100, zonesPerDelegationSetMax: 100 },
};
