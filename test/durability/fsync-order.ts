import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * No acknowledgement before the sync that covers it, as the kernel saw it. Under strace one change at a time is made; before each
 * `ack` the trace must show, in this order: the store's pages written, an fdatasync that succeeded, and the meta page, which makes
 * the commit, written through the descriptor that is opened with O_DSYNC.
 */
const CHANGES = 50;

/** How far a commit has come; an acknowledgement is right only when `committed`. */
type Progress = 'nothing' | 'written' | 'synced' | 'committed';

interface Call {
  readonly name: string;
  readonly argument: string;
  readonly completed: boolean;
  readonly result: string;
}

/** One call per line; a call that another thread interrupted has two lines, and counts when it completed. */
function* callsOf(trace: string): Generator<Call> {
  const unfinished = new Map<string, { name: string; argument: string }>();
  for (const line of trace.split('\n')) {
    const whole = /^(\d+) +(\w+)\((.*)$/.exec(line);
    const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/.exec(line);
    const [, thread = '', name = '', rest = ''] = whole ?? resumed ?? [];
    const result = /= (-?\d+)[^=]*$/.exec(rest)?.[1] ?? '';
    if (whole !== null && rest.endsWith('<unfinished ...>')) {
      unfinished.set(thread, { name, argument: rest });
      yield { name, argument: rest, completed: false, result: '' };
    } else if (whole !== null) yield { name, argument: rest, completed: true, result };
    else if (resumed !== null)
      yield { name, argument: unfinished.get(thread)?.argument ?? rest, completed: true, result };
  }
}

function earlyAcknowledgements(trace: string): { acknowledged: number; early: string[] } {
  const dataFds = new Set<string>();
  const syncFds = new Set<string>();
  const closing = new Set<string>();
  const early: string[] = [];
  let acknowledged = 0;
  let progress: Progress = 'nothing';
  let started = false;
  for (const { name, argument, completed, result } of callsOf(trace)) {
    const fd = /^\d+/.exec(argument)?.[0] ?? '';
    if (name === 'openat' && completed) {
      dataFds.delete(result);
      syncFds.delete(result);
      if (argument.includes('waypost.mdb"')) (argument.includes('O_DSYNC') ? syncFds : dataFds).add(result);
    } else if (name === 'close') {
      // At the start of the call or, where nobody interrupted it, as a whole: the number may be another file's next.
      if (!closing.delete(fd)) {
        dataFds.delete(fd);
        syncFds.delete(fd);
        if (!completed) closing.add(fd);
      }
    } else if (name === 'write' && fd === '1' && argument.includes('"ack ')) {
      // The start of the call counts, not its end.
      if (completed && started) {
        started = false;
        continue;
      }
      started = !completed;
      acknowledged += 1;
      if (progress !== 'committed') early.push(`acknowledgement ${acknowledged} came when the commit was: ${progress}`);
      progress = 'nothing';
    } else if (/write/.test(name) && syncFds.has(fd)) {
      if (completed && progress === 'synced') progress = 'committed';
    } else if (/write/.test(name) && dataFds.has(fd)) progress = 'written';
    else if (name === 'fdatasync' && dataFds.has(fd) && completed && result === '0' && progress === 'written')
      progress = 'synced';
  }
  return { acknowledged, early };
}

function run(): number {
  if (spawnSync('strace', ['-V']).status !== 0) {
    console.log('skipped fsync-order: strace is missing');
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const directory = mkdtempSync(join(tmpdir(), 'waypost-fsync-'));
  try {
    const trace = join(directory, 'trace');
    const calls = 'trace=openat,close,write,writev,pwrite64,pwritev,pwritev2,fdatasync,fsync,msync';
    const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));
    const command = [
      '-f',
      '-e',
      calls,
      '-o',
      trace,
      process.execPath,
      appender,
      join(directory, 'data'),
      '1',
      String(CHANGES),
    ];
    const { status } = spawnSync('strace', command, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`the appender failed under strace, with code ${status}`);
    const { acknowledged, early } = earlyAcknowledgements(readFileSync(trace, 'latin1'));
    early.forEach((line) => console.log(line));
    console.log(`fsync-order: ${acknowledged} of ${CHANGES} acknowledgements seen, ${early.length} before their sync`);
    return acknowledged === CHANGES && early.length === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

process.exitCode = run();
