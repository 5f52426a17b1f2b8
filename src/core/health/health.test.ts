import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HealthCheckConfig } from './health-check-config.ts';
import { quorum } from './quorum.ts';
import { NEW_STANDING, nextStanding } from './standing.ts';
import { enoughHealthy, statusOf, wellByMetric, type MetricState } from './status.ts';
import { nextVerdict, UNTRIED } from './verdict.ts';

/** `+` passed or healthy, `-` not; one character for each result and what is thought after it. */
function verdicts(results: string, threshold: number): string {
  let verdict = UNTRIED;
  return results
    .split('')
    .map((result) => {
      verdict = nextVerdict(verdict, result === '+', threshold);
      return verdict.healthy ? '+' : '-';
    })
    .join('');
}

describe('a verdict changes after the threshold of results in a row', () => {
  test.each([
    ['---', 3, '++-'],
    ['--+--+--+', 3, '+++++++++'],
    ['----++---+++', 3, '++---------+'],
    ['-+-+', 1, '-+-+'],
    ['-'.repeat(10), 10, '+++++++++-'],
  ])('%s with %d: %s', (results, threshold, expected) => {
    expect(verdicts(results, threshold)).toBe(expected);
  });

  test('it is the last run of that length that decides', () => {
    const results = fc.string({ unit: fc.constantFrom('+', '-'), maxLength: 60 });
    fc.assert(
      fc.property(results, fc.integer({ min: 1, max: 10 }), (text, threshold) => {
        const good = text.lastIndexOf('+'.repeat(threshold));
        const bad = text.lastIndexOf('-'.repeat(threshold));
        expect(verdicts(text, threshold).at(-1) ?? '+').toBe(bad > good ? '-' : '+');
      }),
    );
  });

  test('nothing new is the same object', () => {
    expect(nextVerdict(UNTRIED, true, 3)).toBe(UNTRIED);
  });
});

describe('more than 18 % of the checkers that report', () => {
  const SILENCE = 100;
  /** `+`, `-`, or `.` for one that is silent. */
  const found = (checkers: string): string => {
    const reports = checkers.split('').map((each) => ({ healthy: each === '+', at: each === '.' ? 0 : SILENCE + 1 }));
    return { true: '+', false: '-', undefined: '?' }[String(quorum(reports, SILENCE + 1, SILENCE))] ?? '';
  };
  test.each([
    ['+', '+'],
    ['-', '-'],
    ['', '?'],
    ['...', '?'],
    ['+--', '+'],
    ['---', '-'],
    ['+----', '+'],
    ['+-----', '-'],
    ['+-----..', '-'],
    ['+----...', '+'],
    ['++--------------', '-'],
    ['+++-------------', '+'],
    ['..-', '-'],
  ])('%s: %s', (checkers, expected) => {
    expect(found(checkers)).toBe(expected);
  });

  test('another healthy report never harms, and order does not matter', () => {
    const report = fc.record({ healthy: fc.boolean(), at: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 16 }), (reports) => {
        const before = quorum(reports, 20, 10);
        expect(quorum(reports.toReversed(), 20, 10)).toBe(before);
        if (before !== false) expect(quorum([...reports, { healthy: true, at: 20 }], 20, 10)).toBe(true);
      }),
    );
  });
});

describe('fail-back delay', () => {
  /** Looks one second apart. */
  const standings = (looks: string, delaySeconds: number): string => {
    let standing = NEW_STANDING;
    return looks
      .split('')
      .map((look, second) => {
        standing = nextStanding(standing, look === '+', second * 1000, delaySeconds * 1000);
        return standing.healthy ? '+' : '-';
      })
      .join('');
  };
  test.each([
    ['+-+-+', 0, '+-+-+'],
    ['-+++++', 3, '----++'],
    ['-++-++++', 3, '-------+'],
    ['++++-', 3, '++++-'],
  ])('%s with %d s: %s', (looks, delay, expected) => {
    expect(standings(looks, delay)).toBe(expected);
  });
});

test.each<[well: boolean, switches: Partial<HealthCheckConfig>, status: boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { inverted: true }, false],
  [false, { inverted: true }, true],
  [false, { disabled: true }, true],
  [true, { disabled: true, inverted: true }, false],
  [false, { disabled: true, inverted: true }, false],
])('found well: %s, %j: status %s', (well, switches, status) => {
  expect(statusOf({ type: 'HTTP', inverted: false, disabled: false, ...switches }, well)).toBe(status);
});

test.each<[threshold: number, children: string, healthy: boolean]>([
  [0, '', true],
  [0, '--', true],
  [1, '', false],
  [1, '-+', true],
  [2, '-+', false],
  [2, '++', true],
  [3, '++', false],
  [1, '?', true],
])('calculated, %d of %s: %s', (threshold, children, healthy) => {
  expect(
    enoughHealthy(
      threshold,
      children.split('').map((child) => (child === '?' ? undefined : child === '+')),
    ),
  ).toBe(healthy);
});

test.each<[MetricState, 'Healthy' | 'Unhealthy' | 'LastKnownStatus', last: boolean, well: boolean]>([
  ['ok', 'Unhealthy', false, true],
  ['alarm', 'Healthy', true, false],
  ['insufficient-data', 'Healthy', false, true],
  ['insufficient-data', 'Unhealthy', true, false],
  ['insufficient-data', 'LastKnownStatus', true, true],
  ['insufficient-data', 'LastKnownStatus', false, false],
])('a metric that says %s, %s without data, %s before: %s', (state, without, last, well) => {
  expect(wellByMetric(state, without, last)).toBe(well);
});
