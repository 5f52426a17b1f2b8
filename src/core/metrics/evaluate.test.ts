import { describe, expect, test } from 'vitest';
import { COMPARISONS, type AlarmRule, type AlarmState } from './alarm-rule.ts';
import { evaluate, evaluationRange } from './evaluate.ts';
import { ofValues, STATISTICS } from './statistics.ts';

const RULE: AlarmRule = {
  metric: { namespace: 'Test', name: 'Errors', dimensions: [] },
  statistic: 'Average',
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 3,
  comparison: 'GreaterThanThreshold',
  treatMissingData: 'missing',
};
/** In the middle of a period. */
const NOW = 6000 + 30;

/** `0 - X`: a period with good data, one without, one that breaches; the last is the newest that is over. */
function points(text: string) {
  const periods = text.split(' ');
  return periods.flatMap((mark, index) => {
    const at = 6000 - (periods.length - index) * 60;
    return mark === '-' ? [] : [{ at, set: ofValues([mark === 'X' ? 5 : 1]) }];
  });
}

const CURRENT = 'current' as AlarmState;

function states(text: string, more: Partial<AlarmRule>): string {
  return (['missing', 'ignore', 'breaching', 'notBreaching'] as const)
    .map((treatMissingData) => evaluate({ ...RULE, ...more, treatMissingData }, points(text), NOW, CURRENT).state)
    .map((state) => (state === 'INSUFFICIENT_DATA' ? '?' : state))
    .join(' ');
}

// The first lines of both tables are those of CloudWatch's guide, "Configuring how CloudWatch alarms treat missing data".
const THREE_OF_THREE = `
  0 - X - X   OK      OK      OK    OK
  0 - - - -   OK      OK      OK    OK
  - - - - -   ?       current ALARM OK
  0 X X - X   ALARM   ALARM   ALARM ALARM
  - - X - -   ALARM   current ALARM OK
  X X X X X   ALARM   ALARM   ALARM ALARM
  X X X X 0   OK      OK      OK    OK
  - - - - X   current current ALARM OK
  - - - X X   current current ALARM OK
  - - - 0 X   OK      OK      OK    OK
  X - - - -   ALARM   current ALARM OK
`;
const TWO_OF_THREE = `
  0 - X - X   ALARM   ALARM   ALARM ALARM
  0 0 X 0 X   ALARM   ALARM   ALARM ALARM
  0 - X - -   OK      OK      ALARM OK
  - - - - 0   OK      OK      ALARM OK
  - - - X -   ALARM   current ALARM OK
  0 0 0 0 X   OK      OK      OK    OK
  X X 0 0 X   OK      OK      OK    OK
  - - - - X   current current ALARM OK
`;
const ONE_OF_ONE = `
  - - X       ALARM   ALARM   ALARM ALARM
  X X 0       OK      OK      OK    OK
  - X -       ALARM   ALARM   ALARM ALARM
  0 - -       OK      OK      OK    OK
  - - -       ?       current ALARM OK
`;

describe.each([
  ['3 of 3', THREE_OF_THREE, {}],
  ['2 of 3', TWO_OF_THREE, { datapointsToAlarm: 2 }],
  ['1 of 1', ONE_OF_ONE, { evaluationPeriods: 1, datapointsToAlarm: 1 }],
])('%s: missing, ignore, breaching, notBreaching', (_, table, more) => {
  test.each(
    table
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/) as [string, ...string[]]),
  )('%s', (text, ...expected) => {
    expect(states(text, more)).toBe(expected.join(' ').replaceAll(/ +/g, ' '));
  });
});

test('what is beyond the range, or in a period that is not over, is not looked at', () => {
  const [from, to] = evaluationRange(RULE, NOW);
  expect([from, to]).toEqual([6000 - 5 * 60, 6000]);
});

test.each(COMPARISONS)('%s', (comparison) => {
  const rule = { ...RULE, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
  const alarms = [2, 3, 4].map((value) => evaluate(rule, [{ at: 5940, set: ofValues([value]) }], NOW, 'OK').state);
  expect(alarms.map((state) => state === 'ALARM')).toEqual(
    {
      GreaterThanOrEqualToThreshold: [false, true, true],
      GreaterThanThreshold: [false, false, true],
      LessThanThreshold: [true, false, false],
      LessThanOrEqualToThreshold: [true, true, false],
    }[comparison],
  );
});

test.each([
  ['Average', 2],
  ['Sum', 8],
  ['SampleCount', 4],
  ['Maximum', 5],
  ['Minimum', 1],
])('%s of a period that was published in pieces', (statistic, value) => {
  const rule = {
    ...RULE,
    statistic: statistic as (typeof STATISTICS)[number],
    periodSeconds: 120,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: value,
  };
  const pieces = [
    { at: 5880, set: ofValues([1], [3]) },
    { at: 5940, set: ofValues([5]) },
  ];
  const at = (threshold: number) => evaluate({ ...rule, threshold }, pieces, NOW, 'OK').state;
  expect([at(value - 0.01), at(value)]).toEqual(['ALARM', 'OK']);
});

test.each([
  [
    'X X X',
    'missing',
    'Threshold Crossed: 3 out of the last 3 datapoints [5.0 (01/01/70 01:39:00), 5.0 (01/01/70 01:38:00), 5.0 (01/01/70 01:37:00)] were greater than the threshold (3.0) (minimum 3 datapoints for OK -> ALARM transition).',
  ],
  [
    'X X 0',
    'missing',
    'Threshold Crossed: 1 datapoint [1.0 (01/01/70 01:39:00)] was not greater than the threshold (3.0).',
  ],
  [
    'X - -',
    'missing',
    'Threshold Crossed: 1 out of the last 3 datapoints [5.0 (01/01/70 01:37:00)] was greater than the threshold (3.0) (minimum 3 datapoints for OK -> ALARM transition). 2 datapoints were missing.',
  ],
  ['- - -', 'missing', 'Insufficient Data: 3 datapoints were unknown.'],
  [
    '- - -',
    'breaching',
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
  ],
  [
    '- - -',
    'notBreaching',
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
  ],
] as const)('the reason for %s, %s', (text, treatMissingData, reason) => {
  expect(evaluate({ ...RULE, treatMissingData }, points(text), NOW, 'OK').reason).toBe(reason);
});
