import { targets, type FuzzTarget } from './targets.ts';

/**
 * `npm run fuzz [target] [count] [seed]`: without a count as much as CI runs, without a target all of them. Ends with the line
 * `N passed, N failed`.
 */
const [name, count, seed] = process.argv.slice(2);
/** A new one each day: CI sees other inputs tomorrow, and the same ones when it is asked again today. */
const SEED = seed === undefined ? Math.floor(Date.now() / 86_400_000) : Number(seed);
/** So often a long run says how far it is. */
const REPORT_MILLISECONDS = 5000;
async function run(title: string, target: FuzzTarget, total: number): Promise<boolean> {
  const started = performance.now();
  let reported = started;
  const line = (done: number): string => {
    const perSecond = Math.round((done / (performance.now() - started)) * 1000);
    return `${title}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${target.unit}, ${perSecond.toLocaleString('en')}/s`;
  };
  for (let done = 0, at = SEED; done < total; done += target.part, at += 1) {
    const size = Math.min(target.part, total - done);
    try {
      await target.run(size, at);
    } catch (error) {
      console.log(`${title}: ${String(error)}\nTo repeat it: npm run fuzz ${title} ${size} ${at}`);
      return false;
    }
    if (done + size === total || performance.now() - reported < REPORT_MILLISECONDS) continue;
    reported = performance.now();
    console.log(line(done + size));
  }
  console.log(`${line(total)}, seed ${SEED}: nothing found`);
  return true;
}

const chosen = Object.entries(targets).filter(([title]) => name === undefined || name === title);
if (chosen.length === 0 || [count, seed].some((each) => each !== undefined && !/^[0-9]+$/.test(each))) {
  console.log(`npm run fuzz [target] [count] [seed]\ntargets: ${Object.keys(targets).join(', ')}`);
  process.exitCode = 1;
} else {
  const outcomes: boolean[] = [];
  for (const [title, target] of chosen) outcomes.push(await run(title, target, Number(count ?? target.dose)));
  const passed = outcomes.filter(Boolean).length;
  console.log(`${passed} passed, ${outcomes.length - passed} failed`);
  process.exitCode = passed === outcomes.length ? 0 : 1;
}
