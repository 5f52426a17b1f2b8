import { ChangeResourceRecordSetsCommand, type ResourceRecordSet, type Route53Client } from '@aws-sdk/client-route-53';
import { TRICKY } from './hosted-zones.ts';

type Given = Partial<ResourceRecordSet>;

function sets(name: string, all: readonly Given[]): ResourceRecordSet[] {
  return all.map((given, index) => ({
    Name: `${name}.${TRICKY}`,
    Type: 'A',
    ...(given.AliasTarget === undefined ? { TTL: 0, ResourceRecords: [{ Value: `192.0.2.${20 + index}` }] } : {}),
    SetIdentifier: `${index}`,
    ...given,
  }));
}

const alias = (zoneId: string, name: string): Given => ({
  AliasTarget: { HostedZoneId: zoneId, DNSName: `${name}.${TRICKY}`, EvaluateTargetHealth: true },
});
const plain = (name: string, given: Given): ResourceRecordSet => ({ Name: `${name}.${TRICKY}`, Type: 'A', ...given });

/** Sets that routing chooses from, anew for every query since their TTL is 0, and aliases; by the names that have some. */
function routedSets(zoneId: string): Readonly<Record<string, readonly ResourceRecordSet[]>> {
  return {
    weighted: sets('weighted', [{ Weight: 1 }, { Weight: 1 }, { Weight: 2 }]),
    multivalue: sets('multivalue', Array(10).fill({ MultiValueAnswer: true })),
    failover: sets('failover', [{ Failover: 'PRIMARY', ...alias(zoneId, 'www') }, { Failover: 'SECONDARY' }]),
    geolocation: sets('geolocation', [{ GeoLocation: { CountryCode: 'DE' } }, { GeoLocation: { CountryCode: '*' } }]),
    latency: sets('latency', [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }]),
    '*.weighted-wild': sets('*.weighted-wild', [{ Weight: 1 }, { Weight: 1 }]),
    alias: [plain('alias', alias(zoneId, 'www'))],
    'alias-of-weighted': [plain('alias-of-weighted', alias(zoneId, 'weighted'))],
    tree: sets('tree', [
      { Weight: 1, ...alias(zoneId, 'weighted') },
      { Weight: 1, ...alias(zoneId, 'multivalue') },
      { Weight: 1, ...alias(zoneId, 'failover') },
    ]),
  };
}

/** Adds them all; the names to ask, which are answered by A records each. */
export async function addRoutedSets(client: Route53Client, zoneId: string): Promise<string[]> {
  const all = routedSets(zoneId);
  const Changes = Object.values(all)
    .flat()
    .map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
  return Object.keys(all).map((name) => `${name.replace('*', 'any')}.${TRICKY}`);
}
