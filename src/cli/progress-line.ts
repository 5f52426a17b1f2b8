import type { Progress } from '../operator/progress.ts';

/** What progress is written to. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CHARACTERS = 24;
/** A bar that moves faster cannot be read. */
const DRAW_MILLISECONDS = 100;
/** Without a terminal: enough to see in a log that it goes on. */
const LINE_MILLISECONDS = 5000;

/** A bar that is drawn over and over on a terminal; elsewhere a line now and then, and none for what is done at once. */
export function progressTo(output: ProgressOutput, now: () => number = Date.now): Progress {
  const onTerminal = output.isTTY === true;
  const every = onTerminal ? DRAW_MILLISECONDS : LINE_MILLISECONDS;
  let what = '';
  let unit: 'octets' | 'record sets' = 'octets';
  let total: number | undefined;
  let done = 0;
  let began = 0;
  let drawn = 0;

  const draw = (): void => {
    drawn = now();
    const text = progressText(what, unit, done, total, (drawn - began) / 1000, onTerminal);
    output.write(onTerminal ? `\r\u001b[K${text.slice(0, (output.columns ?? 80) - 1)}` : `${text}\n`);
  };
  return {
    begin(next, nextUnit, nextTotal) {
      what = next;
      unit = nextUnit;
      total = nextTotal;
      done = 0;
      began = now();
      drawn = began;
    },
    add(count) {
      done += count;
      if (now() - drawn >= every) draw();
    },
    end() {
      if (onTerminal && drawn > began) output.write('\r\u001b[K');
      drawn = began;
    },
  };
}

function progressText(
  what: string,
  unit: 'octets' | 'record sets',
  done: number,
  total: number | undefined,
  seconds: number,
  withBar: boolean,
): string {
  const amount =
    unit === 'octets' ? `${(done / 2 ** 20).toFixed(1)} MiB` : `${done.toLocaleString('en-US')} record sets`;
  const rate =
    unit === 'octets'
      ? `${(done / 2 ** 20 / seconds).toFixed(1)} MiB/s`
      : `${Math.round(done / seconds).toLocaleString('en-US')}/s`;
  if (total === undefined || total === 0) return `${what}: ${amount}, ${rate}`;
  const share = Math.min(done / total, 1);
  const full = Math.floor(share * BAR_CHARACTERS);
  const bar = withBar ? `[${'#'.repeat(full)}${' '.repeat(BAR_CHARACTERS - full)}] ` : '';
  return `${what}: ${bar}${Math.floor(share * 100)} %, ${amount}, ${rate}`;
}
