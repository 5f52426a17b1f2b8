import { randomInt } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-route-53';
import { testDnsAnswer, type TestQuestion } from '../../core/answer/test-dns-answer.ts';
import { dataIdOf } from '../../core/control/tables.ts';
import { getHostedZone } from '../../core/control/hosted-zones/get-hosted-zone.ts';
import { RECORD_SET_TYPES } from '../../core/control/record-sets/request-shape.ts';
import { zoneDataOf } from '../../core/control/zone-data.ts';
import { parseIpv4, parseIpv6 } from '../../core/dns/ip-address.ts';
import { nameKey, normaliseName } from '../../core/dns/name-key.ts';
import { placeOf } from '../../core/geo/place.ts';
import { AwsError } from '../aws-error.ts';
import { bareId, read, type Desk, type Door } from './door.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_TestDNSAnswer.html */
export const testDnsAnswerDoor: Door<sdk.TestDNSAnswerRequest, sdk.TestDNSAnswerResponse> = {
  operation: 'TestDNSAnswer',
  handle(input, desk) {
    const zone = read(desk, getHostedZone, { id: bareId(input.HostedZoneId) });
    if (zone.private) throw invalid('TestDNSAnswer supports public hosted zones only');
    const type = input.RecordType as string | undefined;
    if (type === undefined || !RECORD_SET_TYPES.includes(type)) {
      throw invalid(`RecordType must be one of [${RECORD_SET_TYPES.join(', ')}]`);
    }
    const name = nameOf(input.RecordName ?? '');
    const answer = testDnsAnswer(zoneDataOf(desk.log.view()), {
      zone: { id: dataIdOf(zone), apex: nameKey(zone.name), contested: false },
      name,
      type,
      draw: randomInt(2 ** 32) / 2 ** 32,
      subnet: subnetOf(input),
      latencies: desk.latencies(),
      outside: desk.outside,
      ...resolverOf(input, desk),
    });
    return {
      Nameserver: zone.nameServers[0] ?? '',
      RecordName: name,
      RecordType: type as sdk.RRType,
      RecordData: [...answer.recordData],
      ResponseCode: answer.responseCode,
      Protocol: 'UDP',
    };
  },
};

function nameOf(text: string): string {
  try {
    return normaliseName(text);
  } catch {
    throw invalid(`RecordName '${text}' is not a domain name`);
  }
}

/** AWS's own default is a resolver in us-east-1: near Ashburn, in Virginia. */
const DEFAULT_PLACE = placeOf(
  { continent: 'NA', country: 'US', subdivision: 'VA' },
  { latitude: 39.04, longitude: -77.49 },
);

function resolverOf(input: sdk.TestDNSAnswerRequest, desk: Desk): Pick<TestQuestion, 'resolver' | 'places'> {
  if (input.ResolverIP !== undefined) {
    return { resolver: addressOf('ResolverIP', input.ResolverIP), places: desk.places() };
  }
  const places = input.EDNS0ClientSubnetIP === undefined ? { place: () => DEFAULT_PLACE, bitsUsed: 0 } : desk.places();
  return { resolver: new Uint8Array(4), places };
}

const PREFIX_DEFAULT_V4 = 24;
const PREFIX_DEFAULT_V6 = 64;

function subnetOf(input: sdk.TestDNSAnswerRequest): TestQuestion['subnet'] {
  const { EDNS0ClientSubnetIP: ip, EDNS0ClientSubnetMask: mask } = input;
  if (ip === undefined) {
    if (mask !== undefined) throw invalid('EDNS0ClientSubnetMask needs EDNS0ClientSubnetIP');
    return undefined;
  }
  const address = addressOf('EDNS0ClientSubnetIP', ip);
  const most = address.length * 8;
  const prefixLength = mask === undefined ? (most === 32 ? PREFIX_DEFAULT_V4 : PREFIX_DEFAULT_V6) : Number(mask);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > most) {
    throw invalid(`EDNS0ClientSubnetMask must be from 0 to ${most}`);
  }
  return { address, prefixLength };
}

function addressOf(member: string, text: string): Uint8Array {
  const address = parseIpv4(text) ?? parseIpv6(text);
  if (address === undefined) throw invalid(`${member} '${text}' is not an IP address`);
  return address;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInput', message);
}
