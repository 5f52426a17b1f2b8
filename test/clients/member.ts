import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Route53Client } from '@aws-sdk/client-route-53';
import { freePort } from '../free-port.ts';

/** One real member, started as a user starts it; clients speak to it over loopback only. */
export interface Member {
  readonly url: string;
  readonly dnsPort: number;
  /** Another one after a restart. */
  readonly processId: number;
  readonly environment: NodeJS.ProcessEnv;
  client(): Route53Client;
  /** The value of a metric that must be there: `waypost_dns_connections`, with its labels if it has any. */
  metric(name: string): Promise<number>;
  /** Has it read again what may have changed. */
  reload(): void;
  /** kill -9, for the durability suite. */
  kill(): Promise<void>;
  /** kill -9, and a start with the same data, ports and settings. */
  crash(): Promise<void>;
  /** SIGTERM; fails unless the member drains and exits 0. */
  stop(): Promise<void>;
}

export const KEY = { accessKeyId: 'AKIACLIENTTEST', secretAccessKey: 'secret-of-the-client-test' };
const MASTER_KEY = 'c0ffee'.repeat(11).slice(0, 64);
export const WAYPOST = fileURLToPath(new URL('../../bin/waypost', import.meta.url));
/** Far beyond what it takes: a machine may be busy with other things. */
const READY_MS_MAX = 240_000;
/** A client takes a second at most. */
const RUN_MS_MAX = 180_000;
/** Of its log, when it does not. */
const SAID_CHARACTERS = 4000;

export function newDataDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'waypost-clients-'));
}

export interface MemberOptions {
  /** Of the name server; 127.0.0.1 unless given. */
  readonly hosts?: readonly string[];
  /** A free one unless given. */
  readonly dnsPort?: number;
  /** Beside those that every member of the tests has; a function when they name the port of the name server. */
  readonly settings?: Settings | ((dnsPort: number) => Settings);
  /** Takes its log, which is the test's own standard error unless given. */
  readonly onLog?: (text: string) => void;
}

type Settings = Readonly<Record<string, string>>;

export async function startMember(dataDirectory?: string, options: MemberOptions = {}): Promise<Member> {
  const data = dataDirectory ?? newDataDirectory();
  const [httpPort, dnsPort] = [await freePort(), options.dnsPort ?? (await freePort())];
  const url = `http://127.0.0.1:${httpPort}`;
  const { hosts = ['127.0.0.1'], settings = {}, onLog = (text) => void process.stderr.write(text) } = options;
  const given = typeof settings === 'function' ? settings(dnsPort) : settings;
  const environment = {
    ...process.env,
    WAYPOST_DATA: data,
    WAYPOST_HTTP: `127.0.0.1:${httpPort}`,
    WAYPOST_DNS: hosts.map((host) => `${host}:${dnsPort}`).join(','),
    WAYPOST_ACCESS_KEY_ID: KEY.accessKeyId,
    WAYPOST_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    WAYPOST_LOG_LEVEL: 'warn',
    // Of its own, so that nothing is made beside the data directory.
    ...(given['WAYPOST_MASTER_KEY_FILE'] === undefined && { WAYPOST_MASTER_KEY: MASTER_KEY }),
    ...given,
  };
  const start = async (): Promise<{ child: ChildProcess; ended: Promise<number | null> }> => {
    const child = spawn(WAYPOST, ['start'], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID_CHARACTERS);
      onLog(text);
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    try {
      await ready(url, () => child.exitCode !== null);
    } catch (error) {
      // It may still be on its way, and nobody else knows of it.
      child.kill('SIGKILL');
      throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
    }
    return { child, ended };
  };
  let running = await start();
  const kill = async (): Promise<void> => {
    running.child.kill('SIGKILL');
    await running.ended;
  };
  return {
    url,
    dnsPort,
    get processId() {
      return running.child.pid as number;
    },
    environment: {
      ...process.env,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
      WAYPOST_URL: url,
    },
    client: () => new Route53Client({ endpoint: url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 }),
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      assert.ok(line !== undefined, `there is no metric ${name}`);
      return Number(line.slice(name.length + 1));
    },
    reload: () => void running.child.kill('SIGHUP'),
    kill,
    async crash() {
      await kill();
      running = await start();
    },
    async stop() {
      running.child.kill('SIGTERM');
      const code = await running.ended;
      if (dataDirectory === undefined) rmSync(data, { recursive: true });
      assert.equal(code, 0, 'a member drains and exits 0 after SIGTERM');
    },
  };
}

async function ready(url: string, ended: () => boolean): Promise<void> {
  const until = Date.now() + READY_MS_MAX;
  while (Date.now() < until && !ended()) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the member at ${url} did not become ready`);
}

/** A missing tool is skipped by name on a user's machine; on CI it is a failure. */
export function lacks(tool: string, present: boolean = existsSync(tool)): boolean {
  if (present) return false;
  if (process.env['CI'] === 'true') throw new Error(`${tool} is missing, and CI installs it`);
  console.log(`skipped: ${tool} is not installed`);
  return true;
}

export function run(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const result = spawnSync(command, parameters, { env: environment, encoding: 'utf8', timeout: RUN_MS_MAX });
  assert.equal(result.status, 0, `${command} ${parameters.join(' ')}\n${result.stderr}${result.stdout}`);
  return result.stdout;
}
