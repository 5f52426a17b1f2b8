import { readFileSync } from 'node:fs';

/** Resident memory in MiB. What a process keeps by itself, and what of the mapped store is in memory, which the kernel takes back at need. */
export interface ProcessMemory {
  readonly own: number;
  readonly mapped: number;
}

export function processMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const mebibytes = (field: string): number =>
    Number(new RegExp(`${field}:\\s+([0-9]+)`).exec(status)?.[1] ?? 0) / 1024;
  return { own: mebibytes('RssAnon'), mapped: mebibytes('RssFile') };
}

/** Ticks of /proc/PID/stat; fixed at 100 in Linux's user interface. */
const TICKS_PER_SECOND = 100;

/** CPU time of all threads so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
