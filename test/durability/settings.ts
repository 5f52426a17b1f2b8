import type { ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';

/** A member with room for anything the durability programs do. */
export const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  quotas: { ...PLAIN_SETTINGS.quotas, hostedZonesMax: 1e6, recordSetsPerZoneMax: 1e6 },
};
