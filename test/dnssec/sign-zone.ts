import { CreateKeyCommand, KMSClient, type KeySpec } from '@aws-sdk/client-kms';
import {
  ChangeTagsForResourceCommand,
  CreateKeySigningKeyCommand,
  EnableHostedZoneDNSSECCommand,
  GetDNSSECCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { KEY, type Member } from '../clients/member.ts';
import { signingPolicy } from '../signing-policy.ts';

/** A new KMS key as a zone's active key-signing key; the rdata of the DS record for it. */
export async function addKeySigningKey(
  member: Member,
  client: Route53Client,
  zoneId: string,
  name: string,
  KeySpec: KeySpec = 'ECC_NIST_P256',
): Promise<string> {
  const { systemClockOffset } = client.config;
  const kms = new KMSClient({
    endpoint: member.url,
    region: 'us-east-1',
    credentials: KEY,
    maxAttempts: 1,
    systemClockOffset,
  });
  const spec = { KeySpec, KeyUsage: 'SIGN_VERIFY', Policy: signingPolicy('000000000000') } as const;
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(spec));
  kms.destroy();
  const { KeySigningKey } = await client.send(
    new CreateKeySigningKeyCommand({
      CallerReference: `${zoneId}-${name}`,
      HostedZoneId: zoneId,
      KeyManagementServiceArn: KeyMetadata?.Arn,
      Name: name,
      Status: 'ACTIVE',
    }),
  );
  return KeySigningKey?.DSRecord as string;
}

/** The DS rdata to publish. */
export async function signZone(
  member: Member,
  client: Route53Client,
  zoneId: string,
  keySpec?: KeySpec,
): Promise<string> {
  const ds = await addKeySigningKey(member, client, zoneId, 'first', keySpec);
  await client.send(new EnableHostedZoneDNSSECCommand({ HostedZoneId: zoneId }));
  const { Status } = await client.send(new GetDNSSECCommand({ HostedZoneId: zoneId }));
  if (Status?.ServeSignature !== 'SIGNING') throw new Error(`the zone is ${Status?.ServeSignature}`);
  return ds;
}

/** Sets a tag of a hosted zone. */
export async function tagZone(client: Route53Client, zoneId: string, Key: string, Value: string): Promise<void> {
  const ResourceId = zoneId.replace('/hostedzone/', '');
  await client.send(
    new ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId, AddTags: [{ Key, Value }] }),
  );
}
