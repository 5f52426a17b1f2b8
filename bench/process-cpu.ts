import { readFileSync, readdirSync } from 'node:fs';

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
}

/** CPU time of all threads and children of a process, by the scheduler's own count, in nanoseconds; that of /proc/PID/stat is in ticks of ten milliseconds. */
export function cpuMilliseconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  }
  return childrenOf(pid).reduce((sum, child) => sum + cpuMilliseconds(child), nanoseconds / 1e6);
}
