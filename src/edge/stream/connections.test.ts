import { expect, test } from 'vitest';
import { Connections, Place, type Connection } from './connections.ts';
import { createStreamMemory, StreamShare } from './stream-limits.ts';

/** `silent@0`: came then and said nothing; `asked@0`: has its answer since then; `half@0`: part of a query came then. */
test.each([
  ['who said nothing for long, before who has an answer', 'asked@0 silent@100 asked@200', 1000, 'silent@100'],
  ['who has an answer, before who came just now', 'asked@0 asked@100 silent@900', 1000, 'asked@0'],
  ['who has half a query, before who came just now', 'half@0 silent@900', 1000, 'half@0'],
  ['who came just now, when there is nobody else', 'silent@900 silent@950', 1000, 'silent@900'],
  ['who waits for the longest of those with an answer', 'asked@300 asked@400 half@0', 1000, 'asked@300'],
])('room is made by %s', (_, there, now, closed) => {
  const names = there.split(' ');
  const limits = {
    connectionsMax: names.length,
    connectionsPerNetworkMax: 100,
    heldOctetsMax: 1000,
    idleMilliseconds: 60_000,
  };
  const share = new StreamShare({ memory: createStreamMemory(1, new Uint8Array(16)), part: 0, limits });
  const connections = new Connections(share);
  const gone: string[] = [];
  const come = (name: string, at: number): void => {
    const connection: Connection = {
      client: Uint8Array.of(192, 0, 2, 1),
      place: new Place(),
      destroy() {
        gone.push(name);
        connections.leave(connection);
      },
    };
    expect(connections.admit(connection, at)).toBe(true);
    if (name.startsWith('asked')) connections.settle(connection, 0, false, true, at);
    if (name.startsWith('half')) connections.settle(connection, 10, false, false, at);
  };
  for (const name of names) come(name, Number(name.split('@')[1]));
  come('the next', now);
  expect(gone).toEqual([closed]);
});
