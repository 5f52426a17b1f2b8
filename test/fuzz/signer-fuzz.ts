import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** As many answer at once where there are some cores. */
const THREADS = 3;
/** Memory is collected, and moved, all the time. */
const YOUNG_MEGABYTES = 1;

/** What the worker is given. */
export interface SignerTask {
  readonly signatures: number;
  readonly seed: number;
}

/**
 * Threads that sign with the same keys at the same time, among garbage, and with more keys than they hold: each signature is one in the
 * eyes of Node's `crypto`. So are those of digests; of what is like one of them Node and OpenSSL, called directly, say the same.
 */
export async function fuzzSigners(signatures: number, seed: number): Promise<void> {
  await Promise.all(
    Array.from({ length: THREADS }, async (_, thread) => {
      const task: SignerTask = { signatures: Math.ceil(signatures / THREADS), seed: seed * THREADS + thread };
      const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
      const worker = new Worker(new URL('./signer-worker.ts', import.meta.url), { workerData: task, resourceLimits });
      const [code] = (await once(worker, 'exit')) as [number];
      if (code !== 0) throw new Error(`a thread that signs ended with ${code}`);
    }),
  );
}
