import { expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';

const soa = (serial: number | string): string => `SOA ns.example. host.example. ${serial} 7200 900 1209600 86400`;

/** The zone's SOA value after each batch. */
function serials(transferredOut: 'all' | ReadonlySet<string> | undefined, ...batches: string[]): string[] {
  const house = new House(transferredOut === undefined ? {} : { transferredOut });
  const { id } = house.zone('example.com').zone;
  return batches.map((batch) => {
    const outcome = house.batch(id, batch);
    if (outcome !== 'ok') return outcome;
    const value = house.list(id).recordSets.find(({ set }) => set.type === 'SOA')?.set.values?.[0] ?? '';
    return value.replace(/^\S+ +\S+ +([0-9]+).*/, '$1');
  });
}

const www = 'UPSERT www.example.com A 192.0.2.1';

test.each([
  ['not transferred out', undefined, [www, www], ['1', '1']],
  ['another zone is', new Set(['example.net.']), [www], ['1']],
  ['this zone is', new Set(['example.com.']), [www, www, www], ['2', '3', '4']],
  ['all are', 'all' as const, [www], ['2']],
  ['a later serial stands', 'all' as const, [`${www}\nUPSERT example.com ${soa(50)}`, www], ['50', '51']],
  ['the same one does not', 'all' as const, [www, `UPSERT example.com ${soa(2)}`], ['2', '3']],
  ['nor does an earlier one', 'all' as const, [www, www, `UPSERT example.com ${soa(1)}`], ['2', '3', '4']],
  [
    'it wraps around',
    'all' as const,
    [`UPSERT example.com ${soa(0x7fffffff)}`, `UPSERT example.com ${soa(0xffffffff - 1)}`, www, www],
    ['2147483647', '4294967294', '4294967295', '1'],
  ],
  [
    'the SOA is taken out and put in again',
    'all' as const,
    [`UPSERT example.com ${soa(50)}`, `DELETE example.com ${soa(50)}\nCREATE example.com ${soa(1)}`],
    ['50', '51'],
  ],
])('%s', (_what, transferredOut, batches, expected) => expect(serials(transferredOut, ...batches)).toEqual(expected));

test('all but the serial stays as it was written', () => {
  const house = new House({ transferredOut: 'all' });
  const { id } = house.zone('example.com').zone;
  house.batch(id, 'UPSERT example.com SOA NS.Example.  host.example 1 7200  900 1209600 86400');
  const value = house.list(id).recordSets.find(({ set }) => set.type === 'SOA')?.set.values?.[0];
  expect(value).toBe('NS.Example.  host.example 2 7200  900 1209600 86400');
});
