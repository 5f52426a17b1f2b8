import { describe, expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import { stageImport } from '../imports/stage-import.ts';
import { switchImport } from '../imports/switch-import.ts';
import { writeSteps, type ImportStep } from '../imports/import-steps.ts';
import { HISTORY_ENTRIES_MAX } from '../records-kept.ts';
import { tables } from '../tables.ts';
import { findUnsignedUntil } from './find-unsigned-until.ts';

const HOUR = 3_600_000;
/** When the zone begins to sign. */
const SINCE = 1000 * HOUR;
const NS = { type: 'NS', ttlSeconds: 172_800, values: ['a1.ns.test.', 'a2.ns.test.'] };
const SOA = { type: 'SOA', ttlSeconds: 900, values: ['a1.ns.test. hostmaster.test. 1 7200 900 1209600 86400'] };

class Zone {
  readonly house = new House({ quotas: { recordSetsPerZoneMax: 10_000 } });
  readonly id: string;

  constructor() {
    this.house.now(0);
    this.id = this.house.zone('example.com').zone.id;
  }

  /** Hours from the beginning of signing. */
  at(hours: number): this {
    this.house.now(SINCE + hours * HOUR);
    return this;
  }

  put(...steps: readonly (readonly [name: string, ttlSeconds: number])[]): this {
    const lines = steps.map(([name, ttl]) => `UPSERT ${name}.example.com A 192.0.2.1 [simple ttl ${ttl}]`);
    expect(this.house.batch(this.id, lines.join('\n'))).toBe('ok');
    return this;
  }

  /** Puts a whole new version in the place of what there is, as large imports do. */
  import(ttlSeconds: number): this {
    const steps: ImportStep[] = [
      { action: 'PUT', name: 'example.com.', set: { ...NS, ttlSeconds: 300 } },
      { action: 'PUT', name: 'example.com.', set: SOA },
      { action: 'PUT', name: 'www.example.com.', set: { type: 'A', ttlSeconds, values: ['192.0.2.1'] } },
    ];
    const command = { hostedZoneId: this.id, onlyAfter: 0 };
    const staged = this.house.run(stageImport, { ...command, steps: writeSteps(steps) });
    if (typeof staged === 'string') throw new Error(staged);
    expect(this.house.run(switchImport, { ...command, dataId: staged.dataId })).toBeTypeOf('object');
    return this;
  }

  /** Hours from the beginning of signing, and in how many turns that was found. `each`: what happens between two of them. */
  search(each?: (turn: number) => void): { readonly hours: number; readonly turns: number } {
    const zone = this.house.draft.get(tables.hostedZones, [this.id]);
    if (zone === undefined) throw new Error('there is no zone');
    const finding = findUnsignedUntil(this.house.draft, zone, SINCE);
    for (let turns = 1; ; turns += 1) {
      const found = finding.next();
      if (found.done === true) return { hours: (found.value - SINCE) / HOUR, turns };
      each?.(turns);
    }
  }
}

describe('until when caches may have answers from before a zone was signed', () => {
  const cases: [what: string, zone: Zone, hours: number][] = [
    ['the NS records that it was created with', new Zone().at(0), 48],
    ['a longer TTL', new Zone().put(['www', 259_200]), 72],
    ['a TTL beyond what caches keep', new Zone().put(['www', 2 ** 31 - 1]), 7 * 24],
    ['a longer TTL until an hour before', new Zone().put(['www', 259_200]).at(-1).put(['www', 60]), 71],
    ['a longer TTL until some time after', new Zone().put(['www', 259_200]).at(5).put(['www', 60]), 72],
    ['a whole new version long before', new Zone().put(['www', 259_200]).at(-200).import(3600), 1],
    ['a whole new version of a new zone', new Zone().at(-1).import(3600), 47],
    ['… of one whose TTLs were longer', new Zone().put(['www', 259_200]).at(-1).import(3600), 71],
    ['… twice: nobody knows what the first one had', new Zone().at(-9).import(3600).at(-1).import(3600), 7 * 24 - 1],
    ['… while it is signed', new Zone().put(['www', 259_200]).at(1).import(3600), 72],
  ];

  test.each(cases)('%s', (_, zone, hours) => {
    expect(zone.search().hours).toBe(hours);
  });

  test('more changes in a week than the history keeps', () => {
    const zone = new Zone().at(-100);
    for (let n = 0; n <= HISTORY_ENTRIES_MAX; n += 1) zone.put(['www', 60]);
    expect(zone.search().hours).toBe(7 * 24 - 100);
  });

  test('a large zone takes many turns, and what it loses meanwhile counts', () => {
    const zone = new Zone();
    const names = Array.from({ length: 3000 }, (_, n) => `h${String(n).padStart(4, '0')}`);
    for (let at = 0; at < names.length; at += 500) {
      zone.put(...names.slice(at, at + 500).map((name) => [name, name === 'h2999' ? 259_200 : 60] as const));
    }
    const found = zone.at(1).search((turn) => {
      if (turn === 1) zone.put(['h2999', 60]);
    });
    expect(found.hours).toBe(72);
    expect(found.turns).toBeGreaterThan(3000 / 300);
  });
});
