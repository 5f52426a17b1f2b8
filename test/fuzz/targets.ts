import { fuzzChanges } from './changes-fuzz.ts';
import { fuzzDoh } from './doh-fuzz.ts';
import { fuzzLog } from './log-fuzz.ts';
import { fuzzLookup } from './lookup-fuzz.ts';
import { fuzzPackets } from './packet-fuzz.ts';
import { fuzzSigned } from './signed-fuzz.ts';
import { fuzzSigners } from './signer-fuzz.ts';
import { fuzzStreams } from './stream-fuzz.ts';
import { fuzzTsig } from './tsig-fuzz.ts';
import { fuzzZoneText } from './zone-text-fuzz.ts';

export interface FuzzTarget {
  /** What is counted. */
  readonly unit: string;
  /** Of so many units a run on CI has: a few tens of seconds at most. */
  readonly dose: number;
  /**
   * Of so many the unit tests have one part. A longer run is made of such parts, each with a seed of its own, so that what it found
   * is quick to repeat.
   */
  readonly part: number;
  /** Everything follows from the seed. Throws at the first finding, with all that repeats it. */
  readonly run: (count: number, seed: number) => unknown;
}

export const targets: Readonly<Record<string, FuzzTarget>> = {
  packets: { unit: 'packets', dose: 1_000_000, part: 20_000, run: fuzzPackets },
  lookup: { unit: 'questions', dose: 100_000, part: 2000, run: fuzzLookup },
  signed: { unit: 'questions', dose: 50_000, part: 1500, run: fuzzSigned },
  signers: { unit: 'signatures', dose: 100_000, part: 4000, run: fuzzSigners },
  changes: { unit: 'changes', dose: 6000, part: 200, run: fuzzChanges },
  log: { unit: 'changes', dose: 1500, part: 60, run: fuzzLog },
  'zone-text': { unit: 'files', dose: 20_000, part: 500, run: fuzzZoneText },
  doh: { unit: 'requests', dose: 300_000, part: 5000, run: fuzzDoh },
  tsig: { unit: 'messages', dose: 200_000, part: 5000, run: fuzzTsig },
  streams: { unit: 'streams', dose: 10_000, part: 300, run: fuzzStreams },
};
