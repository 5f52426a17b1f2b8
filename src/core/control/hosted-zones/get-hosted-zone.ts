import type { ReadOperation } from '../operation.ts';
import { tables, type HostedZone } from '../tables.ts';
import { noSuchHostedZone } from './no-such-hosted-zone.ts';

export interface GetHostedZoneCommand {
  readonly id: string;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html */
export const getHostedZone: ReadOperation<GetHostedZoneCommand, HostedZone> = {
  operation: 'GetHostedZone',
  read: (view, command) => view.get(tables.hostedZones, [command.id]) ?? noSuchHostedZone(command.id),
};
