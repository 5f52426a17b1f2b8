import { expect, test } from 'vitest';
import { RefreshSchedule, type ScheduledZone } from './refresh-schedule.ts';

const timers = { refreshSeconds: 100, retrySeconds: 10, expireSeconds: 1000 };
const zone: ScheduledZone = { zoneId: 'Z', timers, checkedAt: 0, expired: false };
const seconds = (count: number): number => count * 1000;

/** What happens second by second: `outcome` says whether a primary answers then. */
function live(schedule: RefreshSchedule, until: number, outcome: (at: number) => boolean): string[] {
  const happened: string[] = [];
  for (let at = 0; at <= until; at += 1) {
    for (const id of schedule.due(seconds(at), 10)) {
      happened.push(`${at} ${outcome(at) ? 'checked' : 'failed'}`);
      if (outcome(at)) schedule.succeeded(id, timers, seconds(at));
      else schedule.failed(id, seconds(at));
    }
    for (const _ of schedule.expiring(seconds(at))) happened.push(`${at} expired`);
  }
  return happened;
}

function scheduleOf(...zones: ScheduledZone[]): RefreshSchedule {
  const schedule = new RefreshSchedule(() => 0);
  for (const each of zones) schedule.add(each, 0, 0);
  return schedule;
}

test('a zone is looked at when it comes, and then every refresh time', () => {
  expect(live(scheduleOf(zone), 250, () => true)).toEqual(['0 checked', '100 checked', '200 checked']);
});

test('while no primary answers it is tried every retry time, expires once, and lives again when one answers', () => {
  const schedule = scheduleOf(zone);
  const happened = live(schedule, 1300, (at) => at < 50 || at >= 1200);
  expect(happened.slice(0, 4)).toEqual(['0 checked', '100 failed', '110 failed', '120 failed']);
  expect(happened.filter((each) => each.endsWith('expired'))).toEqual(['1000 expired']);
  expect(happened.slice(-2)).toEqual(['1200 checked', '1300 checked']);
  expect(schedule.expired).toBe(0);
});

test('the expire time counts from the last check, also from one before a restart', () => {
  const schedule = scheduleOf({ ...zone, checkedAt: -seconds(900) });
  expect(live(schedule, 120, () => false).filter((each) => each.endsWith('expired'))).toEqual(['100 expired']);
});

test('a first transfer is tried again after one second, two, four, up to ten minutes', () => {
  const schedule = scheduleOf({ zoneId: 'Z', checkedAt: 0, expired: false });
  const times = live(schedule, 4000, () => false).map((each) => Number(each.split(' ')[0]));
  expect(times.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 31]);
  expect(times.slice(-2)).toEqual([2823, 3423]);
});

test('a NOTIFY makes it due at once, or again when it is under way', () => {
  const schedule = scheduleOf(zone);
  live(schedule, 10, () => true);
  schedule.want('Z', seconds(11));
  expect(schedule.due(seconds(11), 10)).toEqual(['Z']);
  schedule.want('Z', seconds(12));
  expect(schedule.due(seconds(12), 10)).toEqual([]);
  schedule.succeeded('Z', timers, seconds(13));
  expect(schedule.due(seconds(13), 10)).toEqual(['Z']);
  schedule.succeeded('Z', timers, seconds(14));
  expect(schedule.due(seconds(100), 10)).toEqual([]);
});

test('the longest overdue come first, and no more than asked for', () => {
  const schedule = scheduleOf({ ...zone, zoneId: 'A' }, { ...zone, zoneId: 'B' });
  live(schedule, 0, () => true);
  schedule.want('B', seconds(50));
  expect(schedule.due(seconds(200), 1)).toEqual(['B']);
  expect(schedule.due(seconds(200), 1)).toEqual(['A']);
});

test('zero seconds are one, and a century is four weeks', () => {
  const hasty = scheduleOf(zone);
  expect(hasty.due(0, 1)).toEqual(['Z']);
  hasty.succeeded('Z', { ...timers, refreshSeconds: 0 }, 0);
  expect([hasty.due(999, 1), hasty.due(1000, 1)]).toEqual([[], ['Z']]);
  hasty.succeeded('Z', { ...timers, refreshSeconds: 3_000_000_000 }, 0);
  expect(hasty.due(seconds(28 * 86_400), 1)).toEqual(['Z']);
});

test('many zones are spread, and drift apart by up to a tenth', () => {
  let draws = 0;
  const schedule = new RefreshSchedule(() => (draws++ % 10) / 10);
  for (let n = 0; n < 100; n += 1) schedule.add({ ...zone, zoneId: `Z${n}` }, 0, 100);
  expect([0, 1, 2].map((at) => schedule.due(seconds(at), 1000).length)).toEqual([10, 50, 40]);
  schedule.succeeded('Z1', timers, 0);
  schedule.succeeded('Z2', timers, 0);
  expect([99, 100].map((at) => schedule.due(seconds(at), 1000).length)).toEqual([1, 1]);
});

test('what is gone is forgotten', () => {
  const schedule = scheduleOf(zone);
  schedule.remove('Z');
  schedule.want('Z', 0);
  expect([schedule.due(0, 9), schedule.expiring(seconds(5000)), schedule.size]).toEqual([[], [], 0]);
});
