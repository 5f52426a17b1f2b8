import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Load, Outcome } from './generator.ts';

export interface Generator {
  run(load: Load): Promise<Outcome>;
  stop(): void;
}

/** The generator in a process of its own on the given CPU. */
export function startGenerator(cpu: string): Generator {
  const file = fileURLToPath(new URL('./generator.ts', import.meta.url));
  const child = spawn('taskset', ['-c', cpu, process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    async run(load) {
      child.send(load);
      const [outcome] = (await once(child, 'message')) as [Outcome];
      return outcome;
    },
    stop: () => child.disconnect(),
  };
}
