import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { Connection } from '../conformance/connection.ts';
import { writeQuery } from '../conformance/query.ts';
import { readReply, SILENCE } from '../conformance/reply.ts';
import { fileOf, PROGRAMS, type PeerName, type PeerSettings, type PeerZone } from './programs.ts';

/** Another name server with zones of its own, in a directory of its own. */
export interface Peer {
  readonly name: PeerName;
  readonly port: number;
  /** Puts another version of a zone that the peer is primary for in its place, and has the peer read it. */
  change(origin: string, text: string): void;
  /** Stopped for a while, not for good. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Holds it where it is: its sockets stay, and nobody is answered. */
  freeze(): void;
  thaw(): void;
  log(): string;
  stop(): Promise<void>;
}

/** These end only what hangs: a machine may be busy with other things. */
const READY_MILLISECONDS_MAX = 60_000;
const STOPPED_MILLISECONDS_MAX = 20_000;
const LOOK_MILLISECONDS = 50;
const ANSWER_MILLISECONDS_MAX = 300;

/** Started, and serving every zone that it is primary for. */
export async function startPeer(
  name: PeerName,
  port: number,
  zones: readonly PeerZone[],
  more: PeerSettings = {},
): Promise<Peer> {
  const { path, parameters, settings } = PROGRAMS[name];
  const directory = mkdtempSync(join(tmpdir(), `waypost-peer-${name}-`));
  const primary = zones.filter(({ text }) => text !== undefined).map(({ origin }) => origin);
  for (const { origin, text } of zones) if (text !== undefined) writeFileSync(join(directory, fileOf(origin)), text);
  writeFileSync(join(directory, 'settings'), settings(directory, port, zones, more));
  let output = '';
  let child: ChildProcess;

  async function pause(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const deaf = setTimeout(() => child.kill('SIGKILL'), STOPPED_MILLISECONDS_MAX);
    await ended;
    clearTimeout(deaf);
  }

  async function resume(): Promise<void> {
    child = spawn(path, [...parameters, join(directory, 'settings')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    const unserved = await firstUnserved(port, primary, child);
    if (unserved === undefined) return;
    await stop();
    throw new Error(`${name} does not serve ${unserved}\n${output}`);
  }

  async function stop(): Promise<void> {
    await pause();
    rmSync(directory, { recursive: true });
  }

  await resume();
  return {
    name,
    port,
    change(origin, text) {
      writeFileSync(join(directory, fileOf(origin)), text);
      if (name === 'NSD') process.kill(Number(readFileSync(join(directory, 'nsd.pid'), 'utf8')), 'SIGHUP');
      else child.kill('SIGHUP');
    },
    pause,
    resume,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    log: () => output,
    stop,
  };
}

/** Waits until every zone is answered for; the first that is not. */
async function firstUnserved(
  port: number,
  origins: readonly string[],
  child: ChildProcess,
): Promise<string | undefined> {
  const until = performance.now() + READY_MILLISECONDS_MAX;
  for (const origin of origins) {
    while (!(await serves(port, origin))) {
      if (performance.now() > until || child.exitCode !== null) return origin;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  }
  return undefined;
}

async function serves(port: number, origin: string): Promise<boolean> {
  const query = writeQuery({ name: origin, type: TYPE.SOA, flags: 0, edns: undefined, transport: 'udp' });
  const connection = await Connection.open(port);
  const reply = await connection.exchange(query, 'udp', ANSWER_MILLISECONDS_MAX);
  connection.close();
  if (reply === SILENCE) return false;
  const { rcode, aa } = readReply(reply);
  return rcode === 'NOERROR' && aa;
}
