import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../../test/free-port.ts';
import { versionOf } from '../peers/server.ts';
import { cpuMilliseconds } from '../process-cpu.ts';

const PROGRAM = 'prometheus-blackbox-exporter';
const CONFIGURATION = `modules:
  check:
    prober: http
    timeout: 4s
    http:
      preferred_ip_protocol: ip4
      follow_redirects: false
`;
const READY_MILLISECONDS = 10_000;
/** Probes are asked for in so many portions a second. */
const PORTIONS_PER_SECOND = 100;
/** As Prometheus does, few connections are kept for many scrapes. */
const CONNECTIONS_MAX = 64;

export interface Probed {
  readonly probes: number;
  readonly failed: number;
  readonly cpuMicroseconds: number;
}

/** Undefined when it is not installed. */
export function blackboxVersion(): string | undefined {
  return versionOf(PROGRAM, '--version');
}

/** Has Debian's blackbox exporter, on the given core, probe the endpoint's paths in turn at a rate, as Prometheus would. */
export async function probeByBlackbox(
  directory: string,
  cpu: string,
  endpoint: number,
  checks: number,
  perSecond: number,
  seconds: number,
): Promise<Probed> {
  const config = join(directory, 'blackbox.yml');
  writeFileSync(config, CONFIGURATION);
  const port = await freePort();
  const parameters = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const child = spawn('taskset', ['-c', cpu, PROGRAM, ...parameters], { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const scrape = (path: string): Promise<boolean> =>
    new Promise((resolve) => {
      const asked = request({ agent, host: '127.0.0.1', port, path }, (response) => {
        let text = '';
        response.setEncoding('latin1');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve(text.includes('\nprobe_success 1\n')));
      });
      asked.on('error', () => resolve(false));
      asked.end();
    });
  const probe = (index: number): Promise<boolean> =>
    scrape(`/probe?module=check&target=http://127.0.0.1:${endpoint}/${index % checks}`);
  try {
    for (const end = Date.now() + READY_MILLISECONDS; !(await probe(0));) {
      if (Date.now() > end) throw new Error(`${PROGRAM} does not probe`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const before = cpuMilliseconds(child.pid as number);
    const started = performance.now();
    const results: Promise<boolean>[] = [];
    for (let now = started; now < started + seconds * 1000; now = performance.now()) {
      const due = Math.floor(((now - started) / 1000) * perSecond);
      while (results.length < due) results.push(probe(results.length));
      await new Promise((resolve) => setTimeout(resolve, 1000 / PORTIONS_PER_SECOND));
    }
    const failed = (await Promise.all(results)).filter((passed) => !passed).length;
    const cpuMicroseconds = ((cpuMilliseconds(child.pid as number) - before) * 1000) / results.length;
    return { probes: results.length, failed, cpuMicroseconds };
  } finally {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
    agent.destroy();
  }
}
