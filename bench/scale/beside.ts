import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knot } from '../peers/knot.ts';
import { nsd } from '../peers/nsd.ts';
import type { Peer } from '../peers/server.ts';
import type { BenchZone } from '../peers/zones.ts';
import { processMemory } from '../process-memory.ts';
import { firstAnswer } from './ask.ts';
import { zoneFileText, zoneName } from './many-zones.ts';

const STOP_MILLISECONDS = 120_000;

/** NSD and Knot with the same zones as files: how long they start, and what memory they take. */
export async function measureBeside(directory: string, zones: number): Promise<void> {
  const all: BenchZone[] = Array.from({ length: zones }, (_, zone) => ({ name: zoneName(zone), recordSets: () => [] }));
  const places = new Map(all.map((zone, place) => [zone, place]));
  const zoneFile = (zone: BenchZone): string => fileOf(directory, places.get(zone) as number);
  for (let zone = 0; zone < zones; zone += 1) {
    if (zone % 1024 === 0) mkdirSync(join(directory, 'zones', String(zone >> 10)), { recursive: true });
    writeFileSync(fileOf(directory, zone), zoneFileText(zone));
  }
  for (const [place, peer] of [nsd, knot].entries()) {
    const version = peer.version();
    if (version === undefined) console.log(`${peer.name} is not installed`);
    else
      await measure(peer, version, {
        directory: join(directory, peer.name),
        port: 5460 + place,
        workers: 1,
        zones: all,
        zoneFile,
      });
  }
  rmSync(join(directory, 'zones'), { recursive: true });
}

function fileOf(directory: string, zone: number): string {
  return join(directory, 'zones', String(zone >> 10), String(zone));
}

async function measure(peer: Peer, version: string, setup: Parameters<Peer['configure']>[0]): Promise<void> {
  mkdirSync(setup.directory);
  const [program = '', ...args] = await peer.configure(setup);
  const since = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    const seconds = await firstAnswer(setup.port, since, setup.zones.length, () => child.exitCode !== null);
    const zones = setup.zones.length.toLocaleString('en-US');
    console.log(
      `${peer.name} ${version}, ${zones} zones: ${seconds.toFixed(1)} s from its start to the first right answer, ${memoryOfTree(child.pid as number)}`,
    );
  } catch (error) {
    console.log(`${peer.name} ${version}: ${(error as Error).message}`);
  } finally {
    child.kill();
    const deaf = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
    await exited;
    clearTimeout(deaf);
  }
}

function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

function memoryOfTree(pid: number): string {
  const all = treeOf(pid).map(processMemory);
  const sum = (of: 'own' | 'mapped'): string => all.reduce((total, each) => total + each[of], 0).toFixed(0);
  return `${sum('own')} MiB of its own (${all.length} processes, what they share counted for each), ${sum('mapped')} MiB mapped`;
}
