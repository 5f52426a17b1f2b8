import { fuzzChanges } from './changes-fuzz.ts';
import { fuzzLog } from './log-fuzz.ts';
import { fuzzLookup } from './lookup-fuzz.ts';
import { fuzzPackets } from './packet-fuzz.ts';
import { fuzzStreams } from './stream-fuzz.ts';
import { fuzzZoneText } from './zone-text-fuzz.ts';

export interface FuzzTarget {
  /** What is counted. */
  readonly unit: string;
  /** Of so many units a run on CI has: a few tens of seconds at most. */
  readonly dose: number;
  /** Of so many the unit tests have. */
  readonly taste: number;
  /** Everything follows from the seed. Throws at the first finding, with all that repeats it. */
  readonly run: (count: number, seed: number) => unknown;
}

export const targets: Readonly<Record<string, FuzzTarget>> = {
  packets: { unit: 'packets', dose: 1_000_000, taste: 20_000, run: fuzzPackets },
  lookup: { unit: 'questions', dose: 100_000, taste: 2000, run: fuzzLookup },
  changes: { unit: 'changes', dose: 6000, taste: 200, run: fuzzChanges },
  log: { unit: 'changes', dose: 1500, taste: 60, run: fuzzLog },
  'zone-text': { unit: 'files', dose: 20_000, taste: 500, run: fuzzZoneText },
  streams: { unit: 'streams', dose: 10_000, taste: 300, run: fuzzStreams },
};
