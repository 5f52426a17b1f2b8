import { EDNS_OPTION } from '../dns/edns.ts';
import { parseMessage, writeMessage, type Message } from '../dns/message.ts';
import { parseName } from '../dns/name.ts';
import { rdataType } from '../dns/rdata-types.ts';
import { CLASS, OPCODE, rcodeName, typeCode } from '../dns/record-type.ts';
import type { Latencies } from '../geo/latencies.ts';
import type { Zone } from '../zone/find-zone.ts';
import type { ZoneData, ZoneEntry } from '../zone/zone-data.ts';
import { answerQuery } from './answer-query.ts';
import { COUNTERS } from './counters.ts';
import type { Places } from './routed/query-asker.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld } from './world.ts';

export interface TestQuestion {
  readonly zone: Zone;
  /** As its caller wrote it, but valid. */
  readonly name: string;
  readonly type: string;
  /** The resolver's address, four or sixteen octets. */
  readonly resolver: Uint8Array;
  /** What the resolver says of its client (RFC 7871). */
  readonly subnet: { readonly address: Uint8Array; readonly prefixLength: number } | undefined;
  readonly places: Places | undefined;
  readonly latencies: Latencies | undefined;
  /** From 0 up to but not including 1. */
  readonly draw: number;
}

export interface TestAnswer {
  /** `NOERROR`, `NXDOMAIN` … */
  readonly responseCode: string;
  /** The answer section's data, as zone files have it. */
  readonly recordData: readonly string[];
}

/**
 * What one hosted zone says to a question, by the very code that answers queries, as if there were no other zone. As with Route 53,
 * every endpoint counts as healthy. https://docs.aws.amazon.com/Route53/latest/APIReference/API_TestDNSAnswer.html
 */
export function testDnsAnswer(zones: ZoneData, question: TestQuestion): TestAnswer {
  const world = createWorld({
    zones: onlyZone(zones, question.zone),
    planBytesMax: PLAN_BYTES,
    settings: PLAIN_ANSWERS,
    counters: new Float64Array(COUNTERS),
  });
  world.places = question.places;
  world.asker.latencies = question.latencies;
  const packet = new Uint8Array(MESSAGE_OCTETS_MAX);
  const query = writeMessage(queryMessage(question), MESSAGE_OCTETS_MAX);
  packet.set(query);
  const { resolver: client, draw } = question;
  // By TCP, so that nothing is cut off: the caller sees what a resolver has in the end.
  const length = answerQuery(
    world,
    { packet, length: query.length, transport: 'tcp', client, listener: 0, nowMilliseconds: 0, draw },
    packet,
  );
  const { rcode, answers } = parseMessage(packet.slice(0, length));
  return {
    responseCode: rcodeName(rcode),
    recordData: answers.map((record) => rdataType(record.type).print(record.value)),
  };
}

/** One answer's worth. */
const PLAN_BYTES = 2 ** 18;
const MESSAGE_OCTETS_MAX = 65_535;

function onlyZone(zones: ZoneData, zone: Zone): ZoneData {
  const entry: ZoneEntry = { zoneId: zone.id, nameServerSet: '', private: false };
  return {
    zonesAt: (apex) => (apex === zone.apex ? [entry] : []),
    hasZonesBelow: () => false,
    node: (zoneId, name) => zones.node(zoneId, name),
    healthCheckIndex: () => undefined,
    networks: (collectionId) => zones.networks(collectionId),
  };
}

function queryMessage({ name, type, subnet }: TestQuestion): Message {
  const flags = {
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: false,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
  };
  const options = subnet === undefined ? [] : [{ code: EDNS_OPTION.CLIENT_SUBNET, data: subnetData(subnet) }];
  return {
    id: 0,
    opcode: OPCODE.QUERY,
    rcode: 0,
    flags,
    questions: [{ name: parseName(name, 'route53'), type: typeCode(type) as number, class: CLASS.IN }],
    answers: [],
    authorities: [],
    additionals: [],
    edns: { udpSize: MESSAGE_OCTETS_MAX, extendedRcode: 0, version: 0, dnssecOk: false, options },
  };
}

/** RFC 7871 §6: only the octets that the prefix reaches into, and no bit behind it. */
function subnetData({ address, prefixLength }: { address: Uint8Array; prefixLength: number }): Uint8Array {
  const octets = address.slice(0, (prefixLength + 7) >> 3);
  const bitsInLast = prefixLength & 7;
  if (bitsInLast !== 0) octets[octets.length - 1] = (octets.at(-1) as number) & (0xff << (8 - bitsInLast));
  return Uint8Array.of(0, address.length === 4 ? 1 : 2, prefixLength, 0, ...octets);
}
