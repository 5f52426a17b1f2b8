import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childrenOf, cpuMilliseconds } from '../process-cpu.ts';
import { lastName, type BenchZone } from './zones.ts';

/** A name server of the bench: how it is called, whether it is here, and how it is set up. Each has a file of its own beside this one. */
export interface Peer {
  readonly name: string;
  /** What says which version it is, or undefined when it is not installed. */
  version(): string | undefined;
  /** Writes its configuration into the setup's directory, loads what must be loaded, and says how it is started. */
  configure(setup: Setup): Promise<readonly string[]>;
}

export interface Setup {
  readonly directory: string;
  readonly port: number;
  readonly workers: number;
  readonly zones: readonly BenchZone[];
  /** The file that holds a zone. */
  readonly zoneFile: (zone: BenchZone) => string;
}

export interface Server {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** CPU time of all its threads and children until now. */
  cpuMilliseconds(): number;
  residentBytes(): number;
  stop(): Promise<void>;
}

/** A million names take the slowest of them half a minute. */
const START_MILLISECONDS = 180_000;
/** Nothing of what they hold is worth waiting for. */
const STOP_MILLISECONDS = 5_000;

/** Starts a peer on the CPUs (taskset's list) and waits until it answers for each zone. */
export async function startServer(peer: Peer, setup: Setup, cpus: string): Promise<Server> {
  const command = await peer.configure(setup);
  const logFile = join(setup.directory, 'log');
  const log = openSync(logFile, 'w');
  const child = spawn('taskset', ['-c', cpus, ...command], { stdio: ['pipe', log, log] });
  closeSync(log);
  const server: Server = {
    name: peer.name,
    port: setup.port,
    process: child,
    cpuMilliseconds: () => cpuMilliseconds(child.pid as number),
    residentBytes: () => residentBytes(child.pid as number),
    stop: () => stop(child),
  };
  try {
    for (const zone of setup.zones) await untilServing(server, lastName(zone), logFile);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  const deaf = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
  await exited;
  clearTimeout(deaf);
}

async function untilServing(server: Server, name: string, logFile: string): Promise<void> {
  const run = promisify(execFile);
  for (const end = Date.now() + START_MILLISECONDS; Date.now() < end;) {
    if (server.process.exitCode !== null) throw new Error(`${server.name} ended:\n${readFileSync(logFile, 'utf8')}`);
    const args = ['+noall', '+comments', '+tries=1', '+time=1', '@127.0.0.1', '-p', String(server.port), name];
    const answer = await run('dig', args).catch(() => ({ stdout: '' }));
    if (/status: NOERROR/.test(answer.stdout)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${server.name} does not serve ${name}:\n${readFileSync(logFile, 'utf8')}`);
}

function residentBytes(pid: number): number {
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), kibibytes * 1024);
}

/** The first line that says a version, or undefined when there is no such program. */
export function versionOf(program: string, ...parameters: readonly string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  return /\d+\.\d+[\w.]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}
