import { typeCode } from '../../src/core/dns/record-type.ts';
import type { Random } from './random.ts';
import { RANDOM_TYPES, randomName, wireOctets } from './random-zones.ts';
import type { Labels, ReferenceZone } from './reference-answerer.ts';

export interface FuzzQuestion {
  readonly qname: Labels;
  readonly qtype: string;
  /** What EDNS offers; undefined without EDNS. */
  readonly udpSize: number | undefined;
}

/** Types whose octets are letters: HTTPS and what it would be in lower case, and the like. */
const CASED = ['HTTPS', 'TYPE97', 'TYPE67', 'SPF', 'TYPE16705', 'TYPE24929'] as const;
const TYPES = [...RANDOM_TYPES, 'SOA', 'ANY', 'DNSKEY', 'NSEC', 'TYPE65280', ...CASED] as const;
const UDP_SIZES = [undefined, undefined, 0, 512, 600, 1232, 4096, 65_535] as const;

/** A name that is there, above, below or beside one, or in no zone at all; or one of `others`. */
export function randomQuestion(
  random: Random,
  zones: readonly ReferenceZone[],
  others: readonly Labels[] = [],
): FuzzQuestion {
  const zone = random.pick(zones);
  const there = random.pick(zone.records);
  const names: readonly Labels[] = [
    there.owner,
    there.owner,
    there.target ?? there.owner,
    there.owner.slice(1),
    randomName(random, zone.records, zone.apex),
    ['nobody', ...there.owner],
    there.owner[0] === '*' ? ['nobody', ...there.owner.slice(1)] : ['*', ...there.owner],
    random.oneIn(10) ? ['elsewhere', 'example'] : zone.apex,
  ];
  const qname = random.pick(others.length > 0 && random.oneIn(3) ? others : names);
  return {
    qname: wireOctets(qname) <= 255 ? qname : zone.apex,
    qtype: random.pick(TYPES),
    udpSize: random.pick(UDP_SIZES),
  };
}

/** The query as octets: with the name in a case of its own, and everything else that must not matter for the answer. */
export function questionPacket(random: Random, { qname, qtype, udpSize }: FuzzQuestion): Uint8Array {
  const octets = [random.below(256), random.below(256), random.below(2), random.below(2) * 16, 0, 1, 0, 0, 0, 0, 0, 0];
  for (const label of qname) {
    octets.push(label.length);
    for (const character of label) {
      const octet = character.charCodeAt(0);
      octets.push(octet >= 0x61 && octet <= 0x7a && random.oneIn(3) ? octet - 0x20 : octet);
    }
  }
  const type = typeCode(qtype) as number;
  octets.push(0, type >> 8, type & 255, 0, 1);
  if (udpSize !== undefined) {
    octets[11] = 1;
    octets.push(0, 0, 41, udpSize >> 8, udpSize & 255, 0, 0, random.below(2) * 0x80, 0, 0, 0);
  }
  return Uint8Array.from(octets);
}
