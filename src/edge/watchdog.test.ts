import { expect, test } from 'vitest';
import { createPropagation, publish, PropagationFollower } from '../log/propagation.ts';
import { Watchdog } from './watchdog.ts';

const SLOT = 3;

test('a worker that does not take in a change for half a minute is stuck; one that lags and moves is not', () => {
  const propagation = createPropagation();
  const watchdog = new Watchdog(propagation);
  const worker = new PropagationFollower(propagation, SLOT);
  const takeIn = (): void => {
    worker.next(() => {});
    worker.acknowledge();
  };
  expect(watchdog.isStuck(SLOT, 0)).toBe(false);
  publish(propagation, 1, []);
  takeIn();
  expect([0, 60_000].map((now) => watchdog.isStuck(SLOT, now))).toEqual([false, false]);
  // Behind all the time, but never with the same change.
  for (let sequence = 2; sequence < 20; sequence += 1) {
    takeIn();
    publish(propagation, sequence, []);
    expect(watchdog.isStuck(SLOT, sequence * 20_000)).toBe(false);
  }
  const since = 20 * 20_000;
  publish(propagation, 20, []);
  takeIn();
  publish(propagation, 21, []);
  expect([0, 15_000, 29_999, 30_000].map((after) => watchdog.isStuck(SLOT, since + after))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  // Told once; the worker that is started in its place begins anew.
  expect(watchdog.isStuck(SLOT, since + 30_001)).toBe(false);
  worker.leave();
  expect(watchdog.isStuck(SLOT, since + 99_999)).toBe(false);
});
