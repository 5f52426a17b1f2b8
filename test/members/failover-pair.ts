import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';

export const PRIMARY = '192.0.2.1';
export const SECONDARY = '192.0.2.2';

/** Two address records that take turns: the primary's while its health check is healthy, else the secondary's. */
export function failoverPair(name: string, ttlSeconds: number, healthCheckId: string): Change[] {
  const create = (role: 'PRIMARY' | 'SECONDARY', address: string, more: Partial<ResourceRecordSet>): Change => ({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: name,
      Type: 'A',
      TTL: ttlSeconds,
      SetIdentifier: role,
      Failover: role,
      ResourceRecords: [{ Value: address }],
      ...more,
    },
  });
  return [create('PRIMARY', PRIMARY, { HealthCheckId: healthCheckId }), create('SECONDARY', SECONDARY, {})];
}
