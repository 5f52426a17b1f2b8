import type { ControlSettings } from './operation.ts';

/** A member's settings with nothing special about them: what tests and benches start from. */
export const PLAIN_SETTINGS: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: ['127.0.0.1'] }] }],
  quotas: {
    hostedZonesMax: 1000,
    recordSetsPerZoneMax: 10_000,
    delegationSetsMax: 100,
    zonesPerDelegationSetMax: 100,
    healthChecksMax: 1000,
  },
  healthChecks: { addresses: { allow: [], deny: [] }, checkerRegions: ['us-east-1'] },
  resolvesHosts: false,
};
