import { rdataType } from '../dns/rdata-types.ts';
import { rcodeName } from '../dns/record-type.ts';
import type { Latencies } from '../geo/latencies.ts';
import type { Zone } from '../zone/find-zone.ts';
import type { ZoneData, ZoneEntry } from '../zone/zone-data.ts';
import { askWorld, ONE_PLAN_BYTES, type Asked } from './ask-world.ts';
import { COUNTERS } from './counters.ts';
import type { OutsideTable } from './routed/outside-table.ts';
import type { Places } from './routed/query-asker.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld } from './world.ts';

export interface TestQuestion extends Asked {
  readonly zone: Zone;
  readonly places: Places | undefined;
  readonly latencies: Latencies | undefined;
  readonly outside: OutsideTable | undefined;
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
    planBytesMax: ONE_PLAN_BYTES,
    settings: PLAIN_ANSWERS,
    counters: new Float64Array(COUNTERS),
    outside: question.outside,
  });
  world.places = question.places;
  world.asker.latencies = question.latencies;
  const { rcode, answers } = askWorld(world, question);
  return {
    responseCode: rcodeName(rcode),
    recordData: answers.map((record) => rdataType(record.type).print(record.value)),
  };
}

function onlyZone(zones: ZoneData, zone: Zone): ZoneData {
  const entry: ZoneEntry = { zoneId: zone.id, nameServerSet: '', private: false };
  return {
    zonesAt: (apex) => (apex === zone.apex ? [entry] : []),
    hasZonesBelow: () => false,
    node: (zoneId, name) => zones.node(zoneId, name),
    signing: () => undefined,
    healthCheckIndex: () => undefined,
    outsideNumber: (name, type) => zones.outsideNumber(name, type),
    copiedHost: () => [],
    networks: (collectionId) => zones.networks(collectionId),
  };
}
