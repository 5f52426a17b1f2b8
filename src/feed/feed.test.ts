import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HealthCheckConfig } from '../core/health/health-check-config.ts';
import { Feed } from './feed.ts';
import { createStatusTable, StatusTable } from './status-table.ts';

const SILENCE = 60_000;

class Fed {
  readonly statuses = new StatusTable(createStatusTable(64));
  readonly found = new StatusTable(createStatusTable(64));
  readonly news: string[] = [];
  readonly feed = new Feed({
    statuses: this.statuses,
    found: this.found,
    onStatus: ({ id, healthy }) => this.news.push(`${healthy ? '+' : '-'}${id}`),
    onFound: () => {},
  });
  readonly #indexes = new Map<string, number>();
  now = 1e12;

  watch(id: string, config: Partial<HealthCheckConfig> = {}, failBackDelaySeconds = 0): void {
    const index = this.#indexes.get(id) ?? this.#indexes.size;
    this.#indexes.set(id, index);
    this.feed.watch(
      {
        id,
        index,
        config: { type: 'HTTP', inverted: false, disabled: false, ...config },
        failBackDelayMilliseconds: failBackDelaySeconds * 1000,
        silenceMilliseconds: SILENCE,
      },
      this.now,
    );
  }

  /** `+-.`: what three checkers think of it, `.` for one that says nothing. */
  report(id: string, verdicts: string): void {
    for (const [checker, verdict] of verdicts.split('').entries()) {
      if (verdict !== '.') this.feed.report(id, `region ${checker}`, verdict === '+', this.now);
    }
  }

  /** `+` healthy, `-` unhealthy, `?` nothing is known. */
  status(id: string): string {
    return { true: '+', false: '-', undefined: '?' }[String(this.statuses.get(this.#indexes.get(id) as number))] ?? '';
  }
}

test('a new check is healthy until somebody knows better, an inverted one unhealthy', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.watch('b', { inverted: true });
  expect([fed.status('a'), fed.status('b'), fed.news]).toEqual(['+', '-', []]);
  fed.report('a', '---');
  fed.report('b', '---');
  expect([fed.status('a'), fed.status('b'), fed.news]).toEqual(['-', '+', ['-a', '+b']]);
});

test('one of three that finds it well is enough', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.report('a', '+--');
  expect(fed.status('a')).toBe('+');
  fed.report('a', '-..');
  expect(fed.status('a')).toBe('-');
  fed.report('a', '..+');
  expect([fed.status('a'), fed.news]).toEqual(['+', ['-a', '+a']]);
});

test('who is silent does not count; when all are, the last status stands and can be seen', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.report('a', '+--');
  fed.now += SILENCE + 1;
  fed.report('a', '.-.');
  expect([fed.status('a'), fed.feed.silent(fed.now)]).toEqual(['-', 0]);
  fed.now += SILENCE + 1;
  fed.feed.tick(fed.now);
  expect([fed.status('a'), fed.feed.silent(fed.now)]).toEqual(['-', 1]);
});

test('a disabled check is well whatever was found, and goes on from there', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.report('a', '---');
  fed.watch('a', { disabled: true });
  expect(fed.status('a')).toBe('+');
  fed.watch('a', { disabled: true, inverted: true });
  expect(fed.status('a')).toBe('-');
  fed.watch('a');
  expect([fed.status('a'), fed.feed.silent(fed.now)]).toEqual(['-', 0]);
});

test('a calculated check follows its children at once', () => {
  const fed = new Fed();
  const parent = { type: 'CALCULATED', healthThreshold: 2, childHealthChecks: ['a', 'b', 'gone'] } as const;
  fed.watch('a');
  fed.watch('b');
  fed.watch('parent', parent);
  expect(fed.status('parent')).toBe('+');
  fed.report('a', '---');
  expect(fed.status('parent')).toBe('+');
  fed.watch('gone', { inverted: true });
  expect(fed.status('parent')).toBe('-');
  fed.feed.forget('gone', fed.now);
  expect(fed.status('parent')).toBe('+');
  fed.watch('parent', { ...parent, childHealthChecks: ['a', 'b'] });
  expect([fed.status('parent'), fed.news]).toEqual(['-', ['-a', '-parent', '+parent', '-parent']]);
  fed.feed.forget('parent', fed.now);
  expect(fed.status('parent')).toBe('?');
});

test('a check by a metric', () => {
  const fed = new Fed();
  const alarm = { region: 'us-east-1', name: 'a' };
  for (const insufficientDataHealthStatus of ['Healthy', 'Unhealthy', 'LastKnownStatus'] as const) {
    fed.watch(insufficientDataHealthStatus, { type: 'CLOUDWATCH_METRIC', alarm, insufficientDataHealthStatus });
  }
  const statuses = (): string => ['Healthy', 'Unhealthy', 'LastKnownStatus'].map((id) => fed.status(id)).join('');
  const say = (state: 'ok' | 'alarm' | 'insufficient-data'): string => {
    for (const id of ['Healthy', 'Unhealthy', 'LastKnownStatus']) fed.feed.metric(id, state, fed.now);
    return statuses();
  };
  expect([statuses(), say('alarm'), say('insufficient-data'), say('ok'), say('insufficient-data')]).toEqual([
    '+-+',
    '---',
    '+--',
    '+++',
    '+-+',
  ]);
});

test('a fail-back delay passes without another result', () => {
  const fed = new Fed();
  fed.watch('a', {}, 30);
  fed.report('a', '---');
  fed.report('a', '+++');
  fed.now += 29_999;
  fed.feed.tick(fed.now);
  expect(fed.status('a')).toBe('-');
  fed.now += 1;
  fed.feed.tick(fed.now);
  expect([fed.status('a'), fed.news]).toEqual(['+', ['-a', '+a']]);
});

test('a feed that starts anew goes on from what was found, without news', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.watch('b', { inverted: true });
  fed.report('a', '---');
  fed.report('b', '---');
  const next = new Feed({
    statuses: fed.statuses,
    found: fed.found,
    onStatus: ({ id }) => fed.news.push(`again ${id}`),
    onFound: () => {},
  });
  fed.news.length = 0;
  for (const [index, id] of ['a', 'b'].entries()) {
    const config = { type: 'HTTP', inverted: id === 'b', disabled: false } as const;
    next.watch({ id, index, config, failBackDelayMilliseconds: 0, silenceMilliseconds: SILENCE }, fed.now);
  }
  expect([fed.status('a'), fed.status('b'), fed.news]).toEqual(['-', '+', []]);
});

test('the table is at every moment what the last reports come to', () => {
  const step = fc.record({
    check: fc.constantFrom('a', 'b', 'c'),
    checker: fc.integer({ min: 0, max: 5 }),
    healthy: fc.boolean(),
    after: fc.integer({ min: 0, max: SILENCE / 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const fed = new Fed();
      for (const id of ['a', 'b', 'c']) fed.watch(id, { inverted: id === 'c' });
      fed.watch('two of three', { type: 'CALCULATED', healthThreshold: 2, childHealthChecks: ['a', 'b', 'c'] });
      const last = new Map<string, { healthy: boolean; at: number }>();
      for (const { check, checker, healthy, after } of steps) {
        fed.now += after;
        fed.feed.report(check, String(checker), healthy, fed.now);
        last.set(`${check}${checker}`, { healthy, at: fed.now });
        const heard = [0, 1, 2, 3, 4, 5].flatMap((each) => last.get(`${check}${each}`) ?? []);
        const counted = heard.filter(({ at }) => fed.now - at <= SILENCE);
        const well = counted.filter((each) => each.healthy).length / counted.length > 0.18;
        expect(fed.status(check)).toBe(well === (check !== 'c') ? '+' : '-');
        const children = ['a', 'b', 'c'].filter((id) => fed.status(id) === '+').length;
        expect(fed.status('two of three')).toBe(children >= 2 ? '+' : '-');
      }
    }),
  );
});

test('what metrics are told of each check', () => {
  const fed = new Fed();
  fed.watch('a');
  fed.report('a', '+--');
  fed.watch('b', { inverted: true });
  fed.report('b', '++.');
  fed.watch('silent');
  fed.watch('off', { disabled: true });
  fed.report('off', '---');
  fed.watch('metric', { type: 'CLOUDWATCH_METRIC', insufficientDataHealthStatus: 'Unhealthy' });
  fed.watch('sum', { type: 'CALCULATED', childHealthChecks: ['a', 'b', 'gone'], healthThreshold: 3 });
  const told = [...fed.feed.measurements(fed.now)].map(
    ({ healthCheckId, metric, set }) => `${healthCheckId} ${metric} ${set.sum.toFixed(1)}`,
  );
  expect(told).toEqual([
    'a HealthCheckStatus 1.0',
    'a HealthCheckPercentageHealthy 33.3',
    'b HealthCheckStatus 0.0',
    'b HealthCheckPercentageHealthy 100.0',
    'silent HealthCheckStatus 1.0',
    'off HealthCheckStatus 1.0',
    'metric HealthCheckStatus 0.0',
    'sum HealthCheckStatus 0.0',
    'sum ChildHealthCheckHealthyCount 2.0',
  ]);
  fed.now += SILENCE + 1;
  expect([...fed.feed.measurements(fed.now)].map(({ metric }) => metric)).not.toContain('HealthCheckPercentageHealthy');
});
