import { expect, test } from 'vitest';
import { NotifyQueue } from './notify-queue.ts';

const peer = { host: '192.0.2.1', port: 53 };
const other = { host: '192.0.2.2', port: 53 };

/** Times at which something is sent to the peer until `until`, in seconds; `answers` says when it answers. */
function sent(queue: NotifyQueue, until: number, answers: (at: number) => boolean = () => false): string[] {
  const happened: string[] = [];
  for (let at = 0; at <= until; at += 0.5) {
    for (const notice of queue.due(at * 1000, 10, () => happened.push(`${at} lost`))) {
      happened.push(`${at} ${notice.attempt}`);
      if (answers(at)) queue.answered(notice.zoneId, notice.peer, at * 1000);
    }
  }
  return happened;
}

test('what nobody answers is sent six times, ever more seldom, and then given up', () => {
  const queue = new NotifyQueue();
  queue.add('Z', peer, 0);
  expect(sent(queue, 200)).toEqual(['0 1', '2 2', '6 3', '14 4', '30 5', '62 6', '94 lost']);
  expect(queue.size).toBe(0);
});

test('what is answered is not sent again', () => {
  const queue = new NotifyQueue();
  queue.add('Z', peer, 0);
  expect(sent(queue, 200, (at) => at === 2)).toEqual(['0 1', '2 2']);
  expect(queue.size).toBe(0);
});

test('a newer version begins anew, one second after the last message at the earliest', () => {
  const queue = new NotifyQueue();
  queue.add('Z', peer, 0);
  expect(queue.due(0, 10, () => {})).toHaveLength(1);
  queue.add('Z', peer, 100);
  queue.add('Z', peer, 200);
  expect(queue.due(999, 10, () => {})).toEqual([]);
  expect(queue.due(1000, 10, () => {})).toEqual([{ zoneId: 'Z', peer, attempt: 1 }]);
  queue.answered('Z', peer, 1100);
  queue.add('Z', peer, 1200);
  expect(queue.due(2000, 10, () => {})).toEqual([]);
  expect(queue.due(2100, 10, () => {})).toEqual([{ zoneId: 'Z', peer, attempt: 1 }]);
});

test('an answer to what was never sent counts for nothing', () => {
  const queue = new NotifyQueue();
  queue.answered('Z', peer, 0);
  queue.add('Z', peer, 0);
  queue.answered('Z', peer, 0);
  expect(queue.due(0, 10, () => {})).toHaveLength(1);
});

test('no more than asked for at once, and nobody is forgotten', () => {
  const queue = new NotifyQueue();
  for (const zone of ['A', 'B']) for (const each of [peer, other]) queue.add(zone, each, 0);
  const first = queue.due(0, 3, () => {});
  const second = queue.due(0, 3, () => {});
  expect([first.length, second.length]).toEqual([3, 1]);
});

test('it is bounded', () => {
  const queue = new NotifyQueue();
  for (let n = 0; n < 100_000; n += 1) expect(queue.add(`Z${n}`, peer, 0)).toBe(true);
  expect(queue.add('one more', peer, 0)).toBe(false);
  expect(queue.add('Z7', peer, 0)).toBe(true);
});
