import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gate } from './gate.ts';
import { nextTurn, phaseOf, Schedule } from './schedule.ts';

test('items are taken in the order in which they are due', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant('take' as const))), (steps) => {
      const schedule = new Schedule<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === 'take') expect(schedule.take()).toBe(model.shift());
        else {
          schedule.add(step, step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect([schedule.size, schedule.next]).toEqual([model.length, model[0] ?? Infinity]);
      }
    }),
  );
});

test('turns come once an interval, always at the same phase, and never now', () => {
  const time = fc.integer({ min: 1e12, max: 2e12 });
  const phases = fc.integer({ min: 0, max: 999 }).map((thousandth) => thousandth / 1000);
  fc.assert(
    fc.property(time, fc.constantFrom(1000, 10_000, 30_000), phases, fc.nat(30_000), (now, interval, phase, later) => {
      const first = nextTurn(now, interval, phase);
      expect(first).toBeGreaterThan(now);
      expect(first - now).toBeLessThanOrEqual(interval);
      expect((first - phase * interval) % interval).toBe(0);
      // A restart at any time before finds the same turn, one behind it the next.
      expect(nextTurn(now + (later % (first - now)), interval, phase)).toBe(first);
      expect(nextTurn(first, interval, phase)).toBe(first + interval);
    }),
  );
});

test('phases are spread evenly, and a check has another for each checker', () => {
  const phases = Array.from({ length: 10_000 }, (_, check) => phaseOf(`check ${check}`, 'us-east-1'));
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const phase of phases) tenths[Math.floor(phase * 10)] = (tenths[Math.floor(phase * 10)] ?? 0) + 1;
  // Binomial: 1,000 in each tenth, give or take five times thirty.
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect(phaseOf('a', 'us-east-1')).not.toBeCloseTo(phaseOf('a', 'eu-west-1'), 3);
  expect(phaseOf('a', 'us-east-1')).toBe(phaseOf('a', 'us-east-1'));
});

test('the gate lets in so many at once, the others in their order', () => {
  const gate = new Gate(2);
  const started: number[] = [];
  for (let n = 0; n < 5000; n += 1) gate.enter(() => started.push(n));
  expect([started, gate.inside, gate.waiting]).toEqual([[0, 1], 2, 4998]);
  for (let n = 2; n < 5000; n += 1) gate.leave();
  expect(started).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  gate.leave();
  gate.leave();
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});
