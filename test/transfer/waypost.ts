import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Route53Client } from '@aws-sdk/client-route-53';
import { freePort, KEY } from '../clients/member.ts';
import { eventually } from './eventually.ts';

/** One real member with a file of transfer settings. */
export interface Waypost {
  readonly dnsPort: number;
  /** The data directory. */
  readonly data: string;
  readonly client: Route53Client;
  /** Writes the file and sends SIGHUP. */
  configure(file: object): void;
  /** Entries of its log, parsed. */
  log(): readonly LogEntry[];
  metric(name: string): Promise<number>;
  /** SIGKILL, and a start with the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface LogEntry {
  readonly msg: string;
  readonly level: number;
  readonly zone?: string;
  readonly why?: string;
  readonly by?: string;
  readonly how?: string;
  readonly serial?: number;
  readonly fallback?: string;
}

const WAYPOST = fileURLToPath(new URL('../../bin/waypost', import.meta.url));

/** `settings` is asked for when the ports are known; `more` are settings of the member beside those that all have. */
export async function startWaypost(
  settings: (dnsPort: number) => object,
  more: (dnsPort: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Waypost> {
  const data = mkdtempSync(join(tmpdir(), 'waypost-transfer-'));
  const file = join(data, 'transfers.json');
  const [httpPort, dnsPort] = [await freePort(), await freePort()];
  const write = (content: object): void => writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  write(settings(dnsPort));
  let output = '';
  const start = async () => {
    const child = spawn(WAYPOST, ['start'], {
      env: {
        ...process.env,
        WAYPOST_DATA: join(data, 'data'),
        WAYPOST_HTTP: `127.0.0.1:${httpPort}`,
        WAYPOST_DNS: `127.0.0.1:${dnsPort}`,
        WAYPOST_ACCESS_KEY_ID: KEY.accessKeyId,
        WAYPOST_SECRET_ACCESS_KEY: KEY.secretAccessKey,
        WAYPOST_TRANSFERS: file,
        ...more(dnsPort),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await eventually(
      'the member serves',
      () =>
        fetch(`http://127.0.0.1:${httpPort}/readyz`).then(
          (response) => response.ok,
          () => false,
        ),
      (ok) => {
        assert.equal(child.exitCode, null, output);
        return ok;
      },
      60,
    );
    return { child, ended };
  };
  let running = await start();
  const url = `http://127.0.0.1:${httpPort}`;
  const client = new Route53Client({ endpoint: url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
  return {
    dnsPort,
    data: join(data, 'data'),
    client,
    configure(content) {
      write(content);
      running.child.kill('SIGHUP');
    },
    log: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as LogEntry),
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      assert.ok(line !== undefined, `there is no metric ${name}`);
      return Number(line.slice(name.length + 1));
    },
    async crash() {
      running.child.kill('SIGKILL');
      await running.ended;
      running = await start();
    },
    async stop() {
      client.destroy();
      running.child.kill('SIGTERM');
      const code = await running.ended;
      rmSync(data, { recursive: true });
      assert.equal(code, 0, output);
    },
  };
}
