import { ChangeResourceRecordSetsCommand, type Route53Client } from '@aws-sdk/client-route-53';
import { startMember, type Member } from '../clients/member.ts';
import { loadZone } from '../conformance/load-zone.ts';
import { parentOf, type Child, type DsByOrigin } from './child.ts';
import { BROKEN, HOSTED, OTHER } from './hosted-zones.ts';
import { signZone } from './sign-zone.ts';
import { ADDRESS } from './tree.ts';

export interface WaypostChild extends Child {
  readonly member: Member;
  readonly client: Route53Client;
  /** By origin. */
  readonly zoneIds: ReadonlyMap<string, string>;
}

/** A member with the hosted zones, set up as a user does it: by its API. One of them has Ed25519 keys. */
export async function startWaypostChild(environment: Readonly<Record<string, string>> = {}): Promise<WaypostChild> {
  const member = await startMember(undefined, { hosts: [ADDRESS.child], dnsPort: 53, settings: environment });
  const client = member.client();
  const zoneIds = new Map<string, string>();
  const ds = new Map<string, string>();
  for (const zone of [...HOSTED, BROKEN]) {
    const id = await loadZone(client, zone);
    zoneIds.set(zone.origin, id);
    if (zone.signed) {
      ds.set(
        zone.origin,
        await signZone(member, client, id, zone.origin === OTHER ? 'ECC_NIST_EDWARDS25519' : undefined),
      );
    }
  }
  const addDs = async (all: DsByOrigin): Promise<void> => {
    for (const [origin, value] of all) {
      const parent = parentOf(origin);
      if (parent === undefined) continue;
      const set = { Name: origin, Type: 'DS' as const, TTL: 300, ResourceRecords: [{ Value: value }] };
      const ChangeBatch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet: set }] };
      await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneIds.get(parent.origin), ChangeBatch }));
    }
  };
  const stop = async (): Promise<void> => {
    client.destroy();
    await member.stop();
  };
  return { ds, addDs, stop, member, client, zoneIds };
}
