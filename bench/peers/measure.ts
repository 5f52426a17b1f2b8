import type { Outcome } from '../generator/generator.ts';
import type { Generator } from '../generator/start.ts';
import type { Server } from './server.ts';
import { waypost } from './waypost.ts';
import type { Workload } from './workloads.ts';

/** One server, asked for a while: what its answers cost it. */
export interface Run extends Outcome {
  readonly cpuMicroseconds: number;
  /** The server's share of its core: what is left of it, it waited for queries. */
  readonly busy: number;
}

export const SERVER_CPU = '0';
export const GENERATOR_CPU = '1';
/** Queries under way: more than any server takes at once, less than the smallest receive buffer (212,992 octets) holds. */
export const SOCKETS = 8;
export const WINDOW = 24;
/** After a change: for the workers to hear of it. */
const CHANGE_MILLISECONDS = 50;

/** Throws when an answer is wrong. */
export async function measure(
  generator: Generator,
  server: Server,
  workload: Pick<Workload, 'name' | 'recipe' | 'cold'>,
  milliseconds: number,
): Promise<Run> {
  if (workload.cold === true && server.name === waypost.name) {
    server.process.stdin?.write('change\n');
    await new Promise((resolve) => setTimeout(resolve, CHANGE_MILLISECONDS));
  }
  const load = { port: server.port, recipe: workload.recipe, milliseconds, sockets: SOCKETS, window: WINDOW };
  const before = server.cpuMilliseconds();
  const outcome = await generator.run(load);
  const cpu = server.cpuMilliseconds() - before;
  if (outcome.wrong > 0 || outcome.answered === 0) {
    throw new Error(`${server.name}, ${workload.name}: ${outcome.wrong} wrong answers, ${outcome.answered} right`);
  }
  return { ...outcome, cpuMicroseconds: (cpu * 1000) / outcome.answered, busy: cpu / 1000 / outcome.seconds };
}
