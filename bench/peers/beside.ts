import type { Generator } from '../generator/start.ts';
import type { Recipe } from '../generator/recipe.ts';
import { median, medianInterval } from '../median.ts';
import type { Server } from './server.ts';
import { WORKLOADS } from './workloads.ts';

/**
 * What a flood of random names does to others: the 99th percentile of the latency of hits at a fixed rate, once beside other hits and
 * once beside as many random names. A server whose negative answers are dear or throw out its hits shows it here.
 */
const PER_SECOND = 2_000;
const BESIDE_PER_SECOND = 50_000;

export const BESIDE = 'beside';

export async function besideFlood(
  generator: Generator,
  servers: readonly Server[],
  rounds: number,
  milliseconds: number,
): Promise<string> {
  const recipeOf = (name: string): Recipe => WORKLOADS.find((workload) => workload.name === name)?.recipe as Recipe;
  const [hits, flood] = [recipeOf('hits'), recipeOf('nxdomain')];
  const latencies = new Map(servers.map((server) => [server.name, { calm: [] as number[], flooded: [] as number[] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const server of servers) {
      const ask = async (beside: Recipe): Promise<number> => {
        const paced = { perSecond: PER_SECOND, beside, besidePerSecond: BESIDE_PER_SECOND, beginningMilliseconds: 0 };
        const load = { port: server.port, recipe: hits, milliseconds, sockets: 8, window: 64, paced };
        const outcome = await generator.run(load);
        if (outcome.wrong > 0) throw new Error(`${server.name}: ${outcome.wrong} wrong answers beside the flood`);
        return outcome.p99Microseconds;
      };
      const of = latencies.get(server.name);
      // Which comes first alternates, as the order of servers does elsewhere.
      if (round % 2 === 0) of?.calm.push(await ask(hits));
      of?.flooded.push(await ask(flood));
      if (round % 2 === 1) of?.calm.push(await ask(hits));
    }
  }
  const rows = [...latencies].map(([name, { calm, flooded }]) => {
    const ratios = flooded.map((each, round) => each / (calm[round] as number));
    const [low, high] = medianInterval(ratios);
    const interval = `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
    return `| ${name} | ${Math.round(median(calm))} µs | ${Math.round(median(flooded))} µs | ${interval} |`;
  });
  return [
    `### p99 of ${PER_SECOND} hits a second beside ${BESIDE_PER_SECOND} others (${BESIDE})`,
    '',
    '|  | beside hits | beside random names | the second by the first (90 % interval) |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
