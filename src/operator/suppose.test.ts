import { expect, test } from 'vitest';
import type { ConfigInput } from '../core/control/health-checks/config-members.ts';
import { createHealthCheck } from '../core/control/health-checks/create-health-check.ts';
import { House } from '../core/control/house-in-memory.ts';
import { suppose } from './suppose.ts';

let references = 0;

function created(house: House, config: ConfigInput): string {
  const change = house.run(createHealthCheck, { callerReference: `${(references += 1)}`, config });
  if (typeof change === 'string') throw new Error(change);
  return change.check.id;
}

test('what is supposed is so, with the calculated checks that count it, and nothing else', () => {
  const house = new House();
  const [a = '', b = ''] = ['192.0.2.1', '192.0.2.2'].map((ipAddress) => created(house, { type: 'HTTP', ipAddress }));
  const both = created(house, { type: 'CALCULATED', healthThreshold: 2, childHealthChecks: [a, b] });
  const neither = created(house, { type: 'CALCULATED', healthThreshold: 1, childHealthChecks: [b], inverted: true });
  const real = Uint8Array.of(2, 2, 2, 1, 9);
  const supposedOf = (wanted: Record<string, boolean>): unknown[] => {
    const { statuses, supposed } = suppose(house.draft, real, new Map(Object.entries(wanted)));
    return [[...statuses], [...supposed]];
  };
  expect(supposedOf({})).toEqual([[2, 2, 2, 1], []]);
  expect(supposedOf({ [a]: false })).toEqual([
    [1, 2, 1, 1],
    [a, both],
  ]);
  expect(supposedOf({ [b]: false })).toEqual([
    [2, 1, 1, 2],
    [b, both, neither],
  ]);
  expect(supposedOf({ [a]: false, [both]: true })).toEqual([
    [1, 2, 2, 1],
    [a, both],
  ]);
  expect([...real]).toEqual([2, 2, 2, 1, 9]);
  expect(() => supposedOf({ x: true })).toThrow(
    `there is no health check x; there are ${[a, b, both, neither].join(', ')}`,
  );
});
