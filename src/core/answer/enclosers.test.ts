import { expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import { answerText, ask, textOf, worldOf } from './answer-text.ts';

const ZONE = `$ZONE example.com.
@ 900 SOA ns1.example.com. host.example.com. 1 7200 900 1209600 300
@ 300 NS ns1.elsewhere.net.
www 60 A 192.0.2.1
host.deep 60 A 192.0.2.2
*.wild 60 A 192.0.2.3
*.mixed 60 A 192.0.2.4
host.mixed 60 A 192.0.2.5
below.*.under 60 A 192.0.2.6
sub 300 NS ns.sub.example.com.
ns.sub 300 A 192.0.2.53`;

interface Reads {
  nodes: number;
  zones: number;
}

function counting(zones: ZoneData): { zones: ZoneData; reads: Reads } {
  const reads: Reads = { nodes: 0, zones: 0 };
  return {
    reads,
    zones: {
      outsideNumber: (name, type) => zones.outsideNumber(name, type),
      copiedHost: (name, type) => zones.copiedHost(name, type),
      signing: (id) => zones.signing(id),
      healthCheckIndex: (id) => zones.healthCheckIndex(id),
      networks: (id) => zones.networks(id),
      zonesAt(apex) {
        reads.zones += 1;
        return zones.zonesAt(apex);
      },
      hasZonesBelow: (name) => zones.hasZonesBelow(name),
      node(zoneId, name) {
        reads.nodes += 1;
        return zones.node(zoneId, name);
      },
    },
  };
}

test.each([
  ['a zone', 'example.com', 1],
  ['an empty non-terminal', 'deep.example.com', 1],
  ['a wildcard and nothing else', 'wild.example.com', 0],
  ['a wildcard among others', 'mixed.example.com', 1],
  ['a cut', 'sub.example.com', 0],
])('a random name below %s costs few reads of the store', (_, above, nodesEach) => {
  const { zones, reads } = counting(zonesFromText(ZONE));
  const world = worldOf(zones);
  ask(world, `first.${above} A`);
  reads.nodes = reads.zones = 0;
  for (let each = 0; each < 100; each += 1) ask(world, `r${each}.x${each % 7}.${above} A`);
  expect(reads).toEqual({ nodes: 100 * nodesEach, zones: 0 });
});

test('what is known of an encloser never hides what is below it', () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  const queries = [
    'no.example.com A',
    'www.example.com A',
    'no.www.example.com A',
    'no.deep.example.com A',
    'host.deep.example.com A',
    'any.wild.example.com A',
    '*.wild.example.com A',
    'x.*.wild.example.com A',
    'wild.example.com A',
    'host.mixed.example.com A',
    'any.mixed.example.com A',
    'any.under.example.com A',
    'below.any.under.example.com A',
    'below.*.under.example.com A',
    'ns.sub.example.com A',
    'x.ns.sub.example.com A',
    'no.sub.example.com DS',
    'sub.example.com DS',
  ];
  for (let round = 0; round < 2; round += 1) {
    for (const query of queries)
      expect([query, answerText(world, query)]).toEqual([query, answerText(worldOf(zones), query)]);
  }
});

test('a name that comes, and a zone that comes below, are seen with the next version', () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  for (const query of ['new.example.com A', 'www.new.example.com A']) {
    expect(textOf(ask(world, query))).toContain('NXDOMAIN');
    expect(textOf(ask(world, query))).toContain('NXDOMAIN');
  }
  zones.addValue('Z1', 'new.example.com.', 'A', 60, '192.0.2.7');
  world.versions.zoneChanged('Z1');
  expect(textOf(ask(world, 'new.example.com A'))).toContain('192.0.2.7');
  const child = zones.addZone('child.example.com.');
  zones.addValue(child, 'www.child.example.com.', 'A', 60, '192.0.2.8');
  world.versions.zoneChanged('Z1');
  expect(textOf(ask(world, 'no.example.com A'))).toContain('NXDOMAIN');
  expect(textOf(ask(world, 'www.child.example.com A'))).toContain('192.0.2.8');
});

test('hundreds of enclosers are known at once, and one that lost its place is known again', () => {
  const names = Array.from({ length: 6000 }, (_, n) => `n${n}`);
  const text = `$ZONE example.com.\n@ 900 SOA ns1.example.com. host.example.com. 1 7200 900 1209600 300`;
  const { zones, reads } = counting(
    zonesFromText(`${text}\n${names.map((name) => `${name} 60 NS ns.${name}.example.com.`).join('\n')}`),
  );
  const world = worldOf(zones, 2 ** 22);
  const readsFor = (count: number): number => {
    for (const name of names.slice(0, count)) ask(world, `a.${name}.example.com A`);
    reads.nodes = 0;
    for (const name of names.slice(0, count)) ask(world, `b.${name}.example.com A`);
    return reads.nodes;
  };
  expect(readsFor(800)).toBeLessThan(30);
  expect(readsFor(6000)).toBeGreaterThan(2000);
  expect(readsFor(1)).toBe(0);
});
