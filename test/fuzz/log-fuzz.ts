import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COUNTERS } from '../../src/core/answer/counters.ts';
import { isRefusal, type ControlSettings } from '../../src/core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../src/core/control/plain-settings.ts';
import { openServing } from '../../src/edge/serving.ts';
import { openLog, type Log } from '../../src/log/log.ts';
import { createPropagation, servedEverywhere } from '../../src/log/propagation.ts';
import { EVERY_OPTION } from './asked-twice.ts';
import { Asker } from './changes-fuzz.ts';
import { RandomChanges } from './random-changes.ts';
import { Random } from './random.ts';

const settings: ControlSettings = {
  ...PLAIN_SETTINGS,
  nameServerSets: ['a', 'b'].map((set) => ({ servers: [{ name: `${set}.ns.test`, addresses: [] }] })),
  quotas: { ...PLAIN_SETTINGS.quotas, hostedZonesMax: 500, recordSetsPerZoneMax: 1000 },
};

/** Commands between two looks of the world that lags. */
const LAG_MAX = 40;
/** It is asked that many times as much then, to find what it should have forgotten. */
const LAGGARD_ROUNDS = 8;

/**
 * The same changes through the real log: writer thread, LMDB, fsync, ring. Edge workers' worlds, one that catches up after each
 * change and one that does so now and then, must answer what the zones hold, whatever they had cached.
 */
export async function fuzzLog(changes: number, seed: number): Promise<{ accepted: number }> {
  const random = new Random(seed);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'waypost-fuzz-log-'));
  const propagation = createPropagation();
  const failures: string[] = [];
  const log = await openLog({
    directory: dataDirectory,
    settings,
    propagation,
    onCommitted: () => {},
    onFailure: (failure) => failures.push(failure),
    onFatal: (error) => failures.push(String(error)),
  });
  const open = (slot: number, planBytesMax: number): ReturnType<typeof openServing> =>
    openServing({
      dataDirectory,
      propagation,
      slot,
      counters: new SharedArrayBuffer(COUNTERS * 8),
      closing: new SharedArrayBuffer(4),
      planBytesMax,
      answers: EVERY_OPTION,
    });
  const [prompt, laggard] = [open(0, 1 << 18), open(1, 1 << 14)];
  let accepted = 0;
  try {
    const changing = new RandomChanges(random);
    const askers = [new Asker(random), new Asker(random)] as const;
    for (let count = 0; count < changes; count += 1) {
      const when = `seed ${seed}, change ${count}`;
      accepted += await submitNext(log, changing);
      prompt.catchUp();
      askers[0].ask(prompt.world, changing, when);
      if (!random.oneIn(LAG_MAX)) continue;
      laggard.catchUp();
      for (let left = LAGGARD_ROUNDS; left > 0; left -= 1)
        askers[1].ask(laggard.world, changing, `${when}, long after`);
      if (!servedEverywhere(propagation, log.sequence())) throw new Error(`${when}: served by both, but not INSYNC`);
    }
    if (failures.length > 0) throw new Error(`seed ${seed}: ${failures.join('\n')}`);
    return { accepted };
  } finally {
    await Promise.all([prompt.close(), laggard.close(), log.close()]);
    rmSync(dataDirectory, { recursive: true });
  }
}

/** 1 when it was accepted. */
async function submitNext(log: Log, changing: RandomChanges): Promise<number> {
  const { operation, command, accepted } = changing.next();
  const outcome = await log.submit(operation, command, 'fuzz');
  if (isRefusal(outcome)) return 0;
  accepted(outcome.change);
  return 1;
}
