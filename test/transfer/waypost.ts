import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Route53Client } from '@aws-sdk/client-route-53';
import { startMember, type Member } from '../clients/member.ts';

/** One real member with a file of transfer settings. */
export interface Waypost extends Pick<Member, 'dnsPort' | 'metric' | 'kill' | 'crash' | 'stop'> {
  /** The data directory. */
  readonly data: string;
  readonly client: Route53Client;
  /** Writes the file and sends SIGHUP. */
  configure(file: object): void;
  /** Entries of its log, parsed. */
  log(): readonly LogEntry[];
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

/** `settings` is asked for when the ports are known; `more` are settings of the member beside those that all have. */
export async function startWaypost(
  settings: (dnsPort: number) => object,
  more: (dnsPort: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Waypost> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-transfer-'));
  const data = join(directory, 'data');
  const file = join(directory, 'transfers.json');
  const write = (content: object): void => writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  let output = '';
  const member = await startMember(data, {
    settings(dnsPort) {
      write(settings(dnsPort));
      return { WAYPOST_LOG_LEVEL: 'info', WAYPOST_TRANSFERS: file, ...more(dnsPort) };
    },
    onLog: (text) => (output += text),
  });
  const client = member.client();
  return {
    dnsPort: member.dnsPort,
    data,
    client,
    configure(content) {
      write(content);
      member.reload();
    },
    log: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as LogEntry),
    metric: (name) => member.metric(name),
    kill: () => member.kill(),
    crash: () => member.crash(),
    async stop() {
      client.destroy();
      await member.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
