import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type Change,
  type Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import type { TrickyZone } from './tricky-zone.ts';

/** Small enough that the load is several batches, as a tool's would be. */
const CHANGES_PER_BATCH = 40;

/** Loads a zone as a user does: one record set per owner and type. UPSERT, since the zone begins with its own SOA and NS. Gives its id. */
export async function loadZone(client: Route53Client, { origin, lines }: TrickyZone): Promise<string> {
  const sets = Map.groupBy(lines, ({ owner, type }) => `${owner} ${type}`);
  const changes = [...sets.values()].map((set): Change => {
    const [{ owner, type, ttlSeconds }] = set as [(typeof set)[number]];
    const ResourceRecords = set.map(({ value }) => ({ Value: value }));
    return {
      Action: 'UPSERT',
      ResourceRecordSet: { Name: owner, Type: type as RRType, TTL: ttlSeconds, ResourceRecords },
    };
  });
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: origin, CallerReference: origin }));
  for (let at = 0; at < changes.length; at += CHANGES_PER_BATCH) {
    const Changes = changes.slice(at, at + CHANGES_PER_BATCH);
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }));
  }
  return HostedZone?.Id as string;
}
