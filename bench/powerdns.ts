import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '../test/free-port.ts';

/** PowerDNS with its HTTP API and one backend, in a directory of its own. LMDB's `mapasync`, the default, is no promise: it gets `sync`. */
export interface PowerDns {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export type Backend = 'lmdb' | 'sqlite3';

const PROGRAM = '/usr/sbin/pdns_server';
const SQLITE_SCHEMA = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';
const MODULES = '/usr/lib/x86_64-linux-gnu/pdns';
const READY_MS_MAX = 10_000;
const API_KEY = 'bench';

/** What is missing for it on this host, if something is. */
export function lacksPowerDns(backend: Backend): string | undefined {
  if (!existsSync(PROGRAM)) return 'pdns-server';
  if (backend === 'sqlite3' && !existsSync(SQLITE_SCHEMA)) return 'pdns-backend-sqlite3';
  if (backend === 'lmdb' && existsSync(MODULES) && !existsSync(`${MODULES}/liblmdbbackend.so`))
    return 'pdns-backend-lmdb';
  return undefined;
}

export async function startPowerDns(backend: Backend): Promise<PowerDns> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-pdns-'));
  const [httpPort, dnsPort] = [await freePort(), await freePort()];
  const database = join(directory, 'zones');
  if (backend === 'sqlite3') {
    const sqlite = new DatabaseSync(database);
    sqlite.exec(readFileSync(SQLITE_SCHEMA, 'utf8'));
    sqlite.close();
  }
  const storage =
    backend === 'lmdb'
      ? `launch=lmdb\nlmdb-filename=${database}\nlmdb-sync-mode=sync`
      : `launch=gsqlite3\ngsqlite3-database=${database}`;
  writeFileSync(
    join(directory, 'pdns.conf'),
    `${storage}
local-address=127.0.0.1
local-port=${dnsPort}
socket-dir=${directory}
api=yes
api-key=${API_KEY}
webserver=yes
webserver-address=127.0.0.1
webserver-port=${httpPort}
webserver-loglevel=none
guardian=no
daemon=no
loglevel=2
`,
  );
  const child = spawn(PROGRAM, [`--config-dir=${directory}`], { stdio: ['ignore', 'ignore', 'ignore'] });
  const server: PowerDns = {
    url: `http://127.0.0.1:${httpPort}/api/v1/servers/localhost`,
    headers: { 'x-api-key': API_KEY },
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  const until = Date.now() + READY_MS_MAX;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(server.url, { headers: server.headers }).catch(() => undefined);
    if (answer?.ok === true) return server;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop();
  throw new Error(`PowerDNS with ${backend} does not serve its API`);
}
