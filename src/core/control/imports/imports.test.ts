import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { deleteHostedZone } from '../hosted-zones/delete-hosted-zone.ts';
import { House } from '../house-in-memory.ts';
import { lane } from '../lanes.ts';
import { compareText } from '../nodes.ts';
import { isRefusal, type ChangeBase, type Problem, type WriteOperation } from '../operation.ts';
import { discardZoneData } from '../secondary-zones/discard-zone-data.ts';
import { tables } from '../tables.ts';
import { abandonImport } from './abandon-import.ts';
import { importRecordSets } from './import-record-sets.ts';
import { readSteps, STEPS_OCTETS_MAX, writeSteps, type ImportStep } from './import-steps.ts';
import { stageImport, type ImportStaged } from './stage-import.ts';
import { switchImport } from './switch-import.ts';

/** Lines of `PUT name ttl type value,value`, `REMOVE name type` and `KEEP name type`, the latter with a set identifier behind, names relative to example.com. */
function stepsOf(text: string): ImportStep[] {
  const lines = text.trim() === '' ? [] : text.trim().split('\n');
  return lines.map((line) => {
    const [action = '', label = '', ...rest] = line.trim().split(' ');
    const name = label === '@' ? 'example.com.' : label.endsWith('.') ? label : `${label}.example.com.`;
    const [of = '', setIdentifier] = rest;
    const named: RecordSet = { type: of, ...(setIdentifier !== undefined && { setIdentifier }) };
    if (action !== 'PUT') return { action: action as 'REMOVE', name, set: named };
    const [ttl, type = '', ...values] = rest;
    const set: RecordSet = { type, ttlSeconds: Number(ttl), values: values.join(' ').split(',') };
    return { action, name, set };
  });
}

function outcome<C, Ch extends ChangeBase>(house: House, operation: WriteOperation<C, Ch>, command: C): string {
  const change = house.run(operation, command);
  return typeof change === 'string' ? change : 'ok';
}

const laneEnd = (house: House, zoneId: string): number => house.draft.get(tables.lanes, [lane.zone(zoneId)]) ?? 0;
const sets = (house: House, zoneId: string): string[] =>
  house
    .list(zoneId)
    .recordSets.filter(({ set }) => set.type !== 'SOA' && set.type !== 'NS')
    .map(
      ({ name, set }) =>
        `${name} ${set.ttlSeconds ?? 'alias'} ${set.type} ${(set.values ?? [set.alias?.name]).join(',')}`,
    );

function houseWithZone(lines: string): { house: House; hostedZoneId: string } {
  const house = new House();
  const { id } = house.zone('example.com').zone;
  if (lines !== '') expect(house.batch(id, lines)).toBe('ok');
  return { house, hostedZoneId: id };
}

const BEFORE = `CREATE a.example.com A 192.0.2.1
CREATE c.b.example.com A 192.0.2.2
CREATE t.example.com A 192.0.2.3
CREATE z.example.com A ALIAS:t.example.com`;

describe('an import in one change', () => {
  test('puts and removes, and counts', () => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    const steps = writeSteps(
      stepsOf('REMOVE c.b A\nPUT a 5 A 192.0.2.9\nPUT n 60 TXT "x","y"\nPUT \\052.w 1 A 192.0.2.1'),
    );
    expect(outcome(house, importRecordSets, { hostedZoneId, steps })).toBe('ok');
    expect(sets(house, hostedZoneId)).toEqual([
      'a.example.com. 5 A 192.0.2.9',
      'n.example.com. 60 TXT "x","y"',
      't.example.com. 60 A 192.0.2.3',
      '\\052.w.example.com. 1 A 192.0.2.1',
      'z.example.com. alias A t.example.com.',
    ]);
    expect(house.draft.get(tables.hostedZones, [hostedZoneId])?.recordSetCount).toBe(7);
    expect(house.draft.get(tables.nodes, [hostedZoneId, 'com.example.b.'])).toBeUndefined();
    const history = house.draft.range(tables.history, { prefix: [hostedZoneId], limit: 9 }).at(-1)?.value;
    expect(history?.records.map(({ name, before, after }) => `${name} ${before?.type} ${after?.type}`)).toEqual([
      'c.b.example.com. A undefined',
      'a.example.com. A A',
      'n.example.com. undefined TXT',
      '\\052.w.example.com. undefined A',
    ]);
  });

  test.each<[behaviour: string, steps: string, problems: Problem[]]>([
    ['nothing beside a CNAME', 'PUT a 1 CNAME b.', [{ step: 0, message: expect.stringMatching(/conflicts with/) }]],
    [
      'each with its step',
      'PUT n 1 A 192.0.2.1\nPUT m 1 A x\nPUT n 1 A 192.0.2.2',
      [
        { step: 1, message: expect.stringMatching(/not a valid IPv4 address/) },
        { step: 2, message: "The import has two record sets 'A n.example.com.'" },
      ],
    ],
    [
      'out of zone',
      'PUT a.test. 1 A 192.0.2.1',
      [{ step: 0, message: expect.stringMatching(/not permitted in zone/) }],
    ],
    ['no normal form', 'PUT A 1 A 192.0.2.1', [{ step: 0, message: 'A.example.com. is not a name in normal form' }]],
    ['no name', 'PUT a..b 1 A 192.0.2.1', [{ step: 0, message: expect.stringMatching(/DomainLabelEmpty/) }]],
    ['an unsupported type', 'PUT a 1 RRSIG x', [{ step: 0, message: expect.stringMatching(/Type must be one of/) }]],
    ['a TTL beyond all', `PUT a ${2 ** 31} A 192.0.2.1`, [{ step: 0, message: expect.stringMatching(/TTL must be/) }]],
    ['not there', 'REMOVE a MX', [{ step: 0, message: "There is no record set [name='a.example.com.', type='MX']" }]],
    ['an alias needs it', 'REMOVE t A', [{ message: expect.stringMatching(/it is the target of the alias z/) }]],
    ['an apex without SOA', 'REMOVE @ SOA', [{ message: expect.stringMatching(/exactly one SOA/) }]],
    ['KEEP is for staged ones', 'KEEP a A', [{ step: 0, message: expect.stringMatching(/no record set/) }]],
    [
      'quota',
      Array.from({ length: 95 }, (_, n) => `PUT h${n} 1 A 192.0.2.1`).join('\n'),
      [{ message: expect.stringMatching(/limit of 100/) }],
    ],
  ])('refused, and nothing done: %s', (_, text, problems) => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    const before = sets(house, hostedZoneId);
    const decided = importRecordSets.decide(
      house.draft,
      { hostedZoneId, steps: writeSteps(stepsOf(text)) },
      house.given,
    );
    expect(isRefusal(decided) ? decided.problems : decided).toEqual(problems);
    expect(sets(house, hostedZoneId)).toEqual(before);
  });

  test('only a simple record set can be put', () => {
    const { house, hostedZoneId } = houseWithZone('');
    const alias = { hostedZoneId, name: 'a.example.com.', evaluateTargetHealth: false };
    const steps = writeSteps([{ action: 'PUT', name: 'b.example.com.', set: { type: 'A', alias } }]);
    expect(outcome(house, importRecordSets, { hostedZoneId, steps })).toContain('Only simple record sets');
  });

  test('octets that are no steps, and too many', () => {
    const { house, hostedZoneId } = houseWithZone('');
    const run = (steps: unknown): string =>
      outcome(house, importRecordSets, { hostedZoneId, steps: steps as Uint8Array });
    expect(run(Uint8Array.of(7))).toBe('InvalidInput: The octets are no steps of an import');
    expect(run(Uint8Array.of(0, 200, 200))).toBe('InvalidInput: The octets are no steps of an import');
    expect(run('x')).toBe('InvalidInput: An import has steps, as octets');
    expect(run(new Uint8Array(STEPS_OCTETS_MAX + 1))).toMatch(/at most 1048576 octets/);
    expect(outcome(house, importRecordSets, { hostedZoneId: 'Z0', steps: new Uint8Array(0) })).toMatch(
      /^NoSuchHostedZone/,
    );
  });

  test('a zone that has moved on is left alone', () => {
    const { house, hostedZoneId } = houseWithZone('');
    house.draft.put(tables.lanes, [lane.zone(hostedZoneId)], 7);
    const steps = writeSteps(stepsOf('PUT a 1 A 192.0.2.1'));
    expect(outcome(house, importRecordSets, { hostedZoneId, steps, onlyAfter: 6 })).toMatch(/changed by somebody else/);
    expect(outcome(house, importRecordSets, { hostedZoneId, steps, onlyAfter: 7 })).toBe('ok');
  });
});

describe('a staged import', () => {
  function stage(house: House, hostedZoneId: string, text: string, dataId?: string): ImportStaged | string {
    const command = { hostedZoneId, steps: writeSteps(stepsOf(text)), onlyAfter: laneEnd(house, hostedZoneId) };
    return house.run(stageImport, dataId === undefined ? command : { ...command, dataId });
  }

  function staged(house: House, hostedZoneId: string, ...parts: string[]): string {
    let dataId: string | undefined;
    for (const part of parts) {
      const change = stage(house, hostedZoneId, part, dataId);
      if (typeof change === 'string') throw new Error(change);
      dataId = change.dataId;
    }
    return dataId as string;
  }

  test('is not seen before the switch, and whole after it', () => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    const before = sets(house, hostedZoneId);
    const dataId = staged(
      house,
      hostedZoneId,
      'KEEP @ NS\nKEEP @ SOA\nKEEP a A',
      'PUT b 9 A 192.0.2.8\nPUT d.c 9 A 192.0.2.7\nKEEP t A\nKEEP z A',
    );
    expect(sets(house, hostedZoneId)).toEqual(before);
    expect(outcome(house, switchImport, { hostedZoneId, dataId })).toBe('ok');
    expect(sets(house, hostedZoneId)).toEqual([
      'a.example.com. 60 A 192.0.2.1',
      'b.example.com. 9 A 192.0.2.8',
      'd.c.example.com. 9 A 192.0.2.7',
      't.example.com. 60 A 192.0.2.3',
      'z.example.com. alias A t.example.com.',
    ]);
    const zone = house.draft.get(tables.hostedZones, [hostedZoneId]);
    expect([zone?.recordSetCount, zone?.dataId]).toEqual([7, dataId]);
    expect(house.draft.get(tables.zonesAtName, [nameKey('example.com.')])?.[0]).toMatchObject({ dataId });
    expect(house.draft.range(tables.history, { prefix: [hostedZoneId], limit: 9 }).at(-1)?.value.incomplete).toBe(true);
    // The alias is still known to its target, and the old version goes.
    expect(house.batch(hostedZoneId, 'DELETE t.example.com A 192.0.2.3')).toMatch(/target of the alias/);
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    for (const table of [tables.nodes, tables.aliases] as const) {
      expect(house.draft.range(table as typeof tables.nodes, { prefix: [hostedZoneId], limit: 9 })).toEqual([]);
    }
    expect(outcome(house, discardZoneData, {})).toContain('nothing to discard');
  });

  test('what kept sets depend on is still known, and forgotten with them', () => {
    const lines = `CREATE o.example.com A ALIAS:host.example.net@ZOUTSIDE
CREATE p.example.com A 192.0.2.1 [latency eu-west-1, id eu]`;
    const { house, hostedZoneId } = houseWithZone(lines);
    const rows = (): unknown[] =>
      [tables.outsideTargets, tables.outsideUses, tables.placedSets].map(
        (table) => house.draft.range(table as typeof tables.outsideUses, { limit: 9 }).length,
      );
    const dataId = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA\nKEEP o A\nKEEP p A eu');
    expect(rows()).toEqual([1, 2, 2]);
    expect(outcome(house, switchImport, { hostedZoneId, dataId })).toBe('ok');
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    expect(rows()).toEqual([1, 1, 1]);
    expect(house.batch(hostedZoneId, 'DELETE o.example.com A ALIAS:host.example.net@ZOUTSIDE')).toBe('ok');
    expect(rows()).toEqual([0, 0, 1]);
  });

  test('whoever changes the zone meanwhile wins', () => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    const dataId = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA');
    house.draft.put(tables.lanes, [lane.zone(hostedZoneId)], laneEnd(house, hostedZoneId) + 1);
    expect(outcome(house, switchImport, { hostedZoneId, dataId })).toMatch(/changed by somebody else/);
    expect(outcome(house, abandonImport, { hostedZoneId, dataId })).toBe('ok');
    expect(outcome(house, switchImport, { hostedZoneId, dataId })).toMatch(/given up/);
    expect(outcome(house, abandonImport, { hostedZoneId, dataId })).toMatch(/No such import/);
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    expect(house.draft.rowCounts()['discarded-data']).toBeUndefined();
  });

  test('a later import gives up the one before', () => {
    const { house, hostedZoneId } = houseWithZone('');
    const first = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA\nPUT a 1 A 192.0.2.1');
    const second = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA');
    expect(stage(house, hostedZoneId, 'PUT b 1 A 192.0.2.1', first)).toMatch(/Another import/);
    expect(outcome(house, switchImport, { hostedZoneId, dataId: first })).toMatch(/Another import/);
    expect(outcome(house, switchImport, { hostedZoneId, dataId: second })).toBe('ok');
    expect(sets(house, hostedZoneId)).toEqual([]);
  });

  test.each([
    ['no SOA', 'KEEP @ NS', /must contain a record set of type SOA/],
    [
      'an alias without its target',
      'KEEP @ NS\nKEEP @ SOA\nKEEP z A',
      /alias z\.example\.com\. would have no target of type A/,
    ],
  ])('is not switched to with %s', (_, text, message) => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    expect(outcome(house, switchImport, { hostedZoneId, dataId: staged(house, hostedZoneId, text) })).toMatch(message);
  });

  test.each([
    ['a CNAME beside what is kept', 'KEEP a A\nPUT a 1 CNAME x.', /conflicts with other records/],
    [
      'names out of order',
      'PUT b 1 A 192.0.2.1\nPUT a.b 1 A 192.0.2.1\nPUT a 1 A 192.0.2.1',
      /Step 2 of the part, a\.example\.com\. A, does not come after/,
    ],
    ['sets out of order', 'PUT b 1 TXT "x"\nPUT b 1 A 192.0.2.1', /Step 1 of the part/],
    ['a set twice', 'PUT b 1 A 192.0.2.1\nPUT b 1 A 192.0.2.1', /Step 1 of the part/],
    ['keeping what is not there', 'KEEP a MX', /There is no record set/],
    ['too many', Array.from({ length: 101 }, (_, n) => `PUT h${n + 1000} 1 A 192.0.2.1`).join('\n'), /limit of 100/],
  ])('is judged as it comes: %s', (_, text, message) => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    expect(stage(house, hostedZoneId, text)).toMatch(message);
  });

  test('a part begins behind the one before it', () => {
    const { house, hostedZoneId } = houseWithZone('');
    const dataId = staged(house, hostedZoneId, 'PUT b 1 A 192.0.2.1');
    expect(stage(house, hostedZoneId, 'PUT b 1 TXT "x"', dataId)).toMatch(/Step 0 of the part/);
    expect(stage(house, hostedZoneId, 'PUT a 1 TXT "x"', dataId)).toMatch(/Step 0 of the part/);
    expect(typeof stage(house, hostedZoneId, 'PUT a.b 1 TXT "x"', dataId)).toBe('object');
  });

  test('in whatever parts it comes, it leaves the same nodes as one change', () => {
    const label = fc.constantFrom('a', 'b', 'c', '\\052');
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(names, fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), (all, cuts) => {
        const byKey = all.toSorted((a, b) => compareText(nameKey(`${a}.`), nameKey(`${b}.`)));
        const lines = byKey.flatMap((each) => [`PUT ${each} 1 A 192.0.2.1`, `PUT ${each} 1 TXT "x"`]);
        const bounds = [0, ...cuts.map((at) => Math.min(at * 2, lines.length)).sort((a, b) => a - b), lines.length];
        const parts = bounds.slice(1).map((end, at) => lines.slice(bounds[at], end).join('\n'));
        const { house, hostedZoneId } = houseWithZone('');
        const dataId = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA', ...parts);
        expect(outcome(house, switchImport, { hostedZoneId, dataId })).toBe('ok');
        const other = houseWithZone('');
        const steps = writeSteps(stepsOf(lines.join('\n')));
        expect(outcome(other.house, importRecordSets, { hostedZoneId: other.hostedZoneId, steps })).toBe('ok');
        const nodesOf = (of: House, prefix: string): unknown =>
          of.draft.range(tables.nodes, { prefix: [prefix], limit: 999 }).map(({ key, value }) => [key[1], value]);
        expect(nodesOf(house, dataId)).toEqual(nodesOf(other.house, other.hostedZoneId));
      }),
    );
  });

  test('the quota counts all parts', () => {
    const { house, hostedZoneId } = houseWithZone('');
    const many = (from: number): string =>
      Array.from({ length: 60 }, (_, n) => `PUT h${1000 + from + n} 1 A 192.0.2.1`).join('\n');
    const dataId = staged(house, hostedZoneId, many(0));
    expect(stage(house, hostedZoneId, many(60), dataId)).toMatch(/limit of 100/);
  });

  test('a deleted zone leaves nothing staged', () => {
    const { house, hostedZoneId } = houseWithZone('');
    staged(house, hostedZoneId, 'PUT a 1 A 192.0.2.1');
    expect(outcome(house, deleteHostedZone, { id: hostedZoneId })).toBe('ok');
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    expect(house.draft.rowCounts()).not.toHaveProperty('nodes');
    expect(house.draft.rowCounts()).not.toHaveProperty('staged-imports');
  });

  test('where others copy the zone, the switch advances its serial', () => {
    const { house, hostedZoneId } = houseWithZone(BEFORE);
    const given = { ...house.given, settings: { ...house.given.settings, transferredOut: 'all' as const } };
    const dataId = staged(house, hostedZoneId, 'KEEP @ NS\nKEEP @ SOA');
    const change = switchImport.decide(house.draft, { hostedZoneId, dataId }, given);
    if (isRefusal(change)) throw new Error(change.message);
    switchImport.apply(house.draft, change, 99);
    const soa = house.list(hostedZoneId).recordSets.find(({ set }) => set.type === 'SOA');
    expect(soa?.set.values?.[0]).toContain(' 2 7200 900');
  });
});

test('steps are read as they were written', () => {
  const steps = stepsOf('PUT a 60 A 192.0.2.1,192.0.2.2\nREMOVE b MX\nKEEP c TXT');
  expect(readSteps(writeSteps(steps))).toEqual(steps.map((step) => ({ ...step, key: nameKey(step.name) })));
});
