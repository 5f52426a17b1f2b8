import { expect, test } from 'vitest';
import {
  createPropagation,
  PropagationFollower,
  publish,
  RING_ENTRIES,
  servedEverywhere,
  vacate,
} from './propagation.ts';

function told(follower: PropagationFollower): { outcome: string; zoneIds: string[] } {
  const zoneIds: string[] = [];
  const outcome = follower.next((zoneId) => zoneIds.push(zoneId));
  return { outcome, zoneIds };
}

function join(buffer: SharedArrayBuffer, slot: number): PropagationFollower {
  const follower = new PropagationFollower(buffer, slot);
  follower.next(() => {});
  follower.acknowledge();
  return follower;
}

test('each follower is told each zone once, in order', () => {
  const buffer = createPropagation();
  const [one, other] = [join(buffer, 0), join(buffer, 1)];
  publish(buffer, 1, ['Z1']);
  expect(told(one)).toEqual({ outcome: 'changed', zoneIds: ['Z1'] });
  publish(buffer, 2, ['Z2', 'Z'.repeat(32)]);
  expect(told(one)).toEqual({ outcome: 'changed', zoneIds: ['Z2', 'Z'.repeat(32)] });
  expect(told(one)).toEqual({ outcome: 'current', zoneIds: [] });
  expect(told(other)).toEqual({ outcome: 'changed', zoneIds: ['Z1', 'Z2', 'Z'.repeat(32)] });
});

test.each([
  ['just fits', RING_ENTRIES - 1, 'changed'],
  ['is one too many', RING_ENTRIES, 'overrun'],
  ['goes round more than once', RING_ENTRIES * 2 + 5, 'overrun'],
])('what a follower missed %s', (_, missed, outcome) => {
  const buffer = createPropagation();
  const follower = join(buffer, 0);
  for (let at = 1; at <= missed; at += 1) publish(buffer, at, [`Z${at}`]);
  const first = told(follower);
  expect(first.outcome).toBe(outcome);
  expect(first.zoneIds).toHaveLength(outcome === 'overrun' ? 0 : missed);
  publish(buffer, missed + 1, ['ZNEXT']);
  expect(told(follower)).toEqual({ outcome: 'changed', zoneIds: ['ZNEXT'] });
});

test.each(['Z'.repeat(49), 'Zé'])(
  'a zone id that does not fit the ring (%s) is an overrun, not a zone missed',
  (zoneId) => {
    const buffer = createPropagation();
    const follower = join(buffer, 0);
    publish(buffer, 1, [zoneId]);
    expect(told(follower).outcome).toBe('overrun');
  },
);

test('served everywhere: by all who acknowledged, and by somebody', () => {
  const buffer = createPropagation();
  publish(buffer, 4, []);
  expect(servedEverywhere(buffer, 4)).toBe(false);
  const one = join(buffer, 0);
  const other = join(buffer, 63);
  expect(servedEverywhere(buffer, 4)).toBe(true);
  publish(buffer, 5, ['Z1']);
  told(one);
  expect(servedEverywhere(buffer, 5)).toBe(false);
  one.acknowledge();
  expect(servedEverywhere(buffer, 5)).toBe(false);
  told(other);
  other.acknowledge();
  expect(servedEverywhere(buffer, 5)).toBe(true);
  expect(servedEverywhere(buffer, 6)).toBe(false);
});

test('a follower that has not caught up yet is not counted, and one that left or died holds nothing up', () => {
  const buffer = createPropagation();
  const late = new PropagationFollower(buffer, 0);
  publish(buffer, 1, ['Z1']);
  late.acknowledge();
  expect(servedEverywhere(buffer, 1)).toBe(false);
  const one = join(buffer, 1);
  join(buffer, 2);
  publish(buffer, 2, ['Z1']);
  told(one);
  one.acknowledge();
  expect(servedEverywhere(buffer, 2)).toBe(false);
  vacate(buffer, 2);
  expect(servedEverywhere(buffer, 2)).toBe(true);
  one.leave();
  expect(servedEverywhere(buffer, 2)).toBe(false);
});

test('a follower with an event loop is woken', async () => {
  const buffer = createPropagation();
  const follower = join(buffer, 0);
  const woken = follower.changed(60_000);
  publish(buffer, 1, ['Z1']);
  await woken;
  expect(told(follower).zoneIds).toEqual(['Z1']);
});
