import { expect, test } from 'vitest';
import { attachSecondaryZone } from '../../core/control/secondary-zones/attach-secondary-zone.ts';
import { changeSecondaryZone } from '../../core/control/secondary-zones/change-secondary-zone.ts';
import { House } from '../../core/control/house-in-memory.ts';
import { writeSteps } from '../../core/control/imports/import-steps.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../../core/control/operation.ts';
import { createTransferCounters, TransferCounters } from '../transfer-counters.ts';
import type { PullParts, Pulled } from './pull-zone.ts';
import { SecondaryKeeper } from './secondary-keeper.ts';

const RETRY_SECONDS = 30;
const OPERATIONS = new Map<string, WriteOperation<never, ChangeBase>>([
  ['AttachSecondaryZone', attachSecondaryZone as unknown as WriteOperation<never, ChangeBase>],
  ['ChangeSecondaryZone', changeSecondaryZone as unknown as WriteOperation<never, ChangeBase>],
]);

/** A keeper of one zone, whose primary does what a test says, and a clock that a test moves. */
class Kept {
  readonly house = new House();
  /** What was asked for, in turn. */
  readonly asked: string[] = [];
  pull: (parts: PullParts) => Promise<Pulled> = () => Promise.resolve({ kind: 'current' });
  #now = 0;
  readonly #keeper = new SecondaryKeeper({
    view: () => this.house.draft,
    submit: (operation, command) => {
      const change = this.house.run(OPERATIONS.get(operation) as WriteOperation<never, ChangeBase>, command as never);
      return Promise.resolve(typeof change === 'string' ? refuse('InvalidInput', change) : { change });
    },
    pull: (parts) => {
      this.asked.push(`${parts.takesDifference ? 'difference' : 'whole'} from ${parts.serial ?? 'none'}`);
      return this.pull(parts);
    },
    report: () => {},
    counters: new TransferCounters(createTransferCounters()),
    now: () => this.#now,
    draw: () => 0,
  });

  static async of(zone: string): Promise<Kept> {
    const kept = new Kept();
    const primaries = [{ host: '192.0.2.1', port: 53 }];
    await kept.#keeper.configure([{ zone, primaries, allowNotify: [] }]);
    return kept;
  }

  /** Looks at the primary when the next look is due. */
  async look(): Promise<void> {
    this.#now += RETRY_SECONDS * 1000;
    this.#keeper.tick();
    // Whatever it awaits is at hand.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A primary that has the version: it comes whole, as the only change. */
function having(serial: number): (parts: PullParts) => Promise<Pulled> {
  return async (parts) => {
    const { zone, serial: fromSerial } = parts;
    const soa = `ns.example. host.example. ${serial} 30 ${RETRY_SECONDS} 86400 60`;
    const steps = writeSteps([
      { action: 'PUT', name: zone.name, set: { type: 'NS', ttlSeconds: 60, values: ['ns.example.'] } },
      { action: 'PUT', name: zone.name, set: { type: 'SOA', ttlSeconds: 60, values: [soa] } },
    ]);
    const from = fromSerial === undefined ? {} : { fromSerial };
    await parts.submit('ChangeSecondaryZone', { zoneId: zone.id, ...from, toSerial: serial, steps });
    return { kind: 'received', serial, how: 'changed', by: 'AXFR', outside: 0 };
  };
}

test('a version from which a difference is useless is left with the whole zone, at once, until there is another', async () => {
  const kept = await Kept.of('example.org.');
  kept.pull = having(1);
  await kept.look();
  kept.pull = (parts) => {
    parts.onUselessDifference();
    return Promise.reject(new Error('nor did the whole zone come'));
  };
  await kept.look();
  await kept.look();
  kept.pull = having(2);
  await kept.look();
  await kept.look();
  expect(kept.asked).toEqual([
    'whole from none',
    'difference from 1',
    'whole from 1',
    'whole from 1',
    'difference from 2',
  ]);
});

test('a difference that did not arrive is asked for again', async () => {
  const kept = await Kept.of('example.org.');
  kept.pull = having(1);
  await kept.look();
  kept.pull = () => Promise.reject(new Error('the connection broke'));
  await kept.look();
  await kept.look();
  expect(kept.asked.slice(1)).toEqual(['difference from 1', 'difference from 1']);
});
