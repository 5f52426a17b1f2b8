import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lacks, startMember } from './member.ts';
import { freePort } from '../free-port.ts';

/**
 * The README's failover, command by command: an endpoint goes, dig sees the secondary; it comes back, dig sees the primary. Only
 * ports are others. What a `dig` should say stands behind it as a comment, and is waited for.
 */
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
const SECTION = '## Failover, seen from outside';
const skip = ['/usr/bin/aws', '/usr/bin/dig', '/usr/bin/python3'].some((tool) => lacks(tool));
/** Two probes a second apart, and a busy machine. */
const LOOKS_MAX = 150;

/** The section's `sh` blocks, in which each `dig … # EXPECTED` becomes a wait for that answer. */
function scriptOf(readme: string, epilogue: string, ports: Readonly<Record<string, number>>): string {
  const section = readme.slice(readme.indexOf(SECTION)).split('\n## ')[0] as string;
  const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] as string);
  const commands = Object.entries(ports).reduce(
    (text, [port, real]) => text.replaceAll(port, `${real}`),
    `${blocks.join('')}${epilogue}`,
  );
  return commands.replace(/^(dig .*?) +# (\S+)$/gm, 'await "$2" $1');
}

const PRELUDE = `
set -euo pipefail
shopt -s expand_aliases
trap 'kill $endpoint 2>/dev/null || true' EXIT
await() {
  local expected=$1 got= look
  shift
  for look in $(seq ${LOOKS_MAX}); do
    got=$("$@" || true)
    if [ "$got" = "$expected" ]; then echo "saw $got"; return; fi
    sleep 0.2
  done
  echo "wanted $expected, got $got" >&2
  return 1
}
`;

/** What the README does not tell: without its check the primary is always healthy. */
const EPILOGUE = `
www() { dig +short @127.0.0.1 -p 5300 www.shop.example; }
kill $endpoint
await 192.0.2.2 www
r53 delete-health-check --health-check-id $check
await 192.0.2.1 www
`;

test.skipIf(skip)('the failover of the README, command by command', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-failover-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  // The README's paths begin where the README is.
  symlinkSync(BIN, join(directory, 'bin'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const member = await startMember(data);
  let stopped = false;
  onTestFinished(() => (stopped ? undefined : member.kill()));
  const ports = { '8053': Number(new URL(member.url).port), '5300': member.dnsPort, '8080': await freePort() };
  const script = PRELUDE + scriptOf(readFileSync(README, 'utf8'), EPILOGUE, ports);
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-c', script], {
    cwd: directory,
    env: { ...member.environment, WAYPOST_DATA: data },
    encoding: 'utf8',
    timeout: 280_000,
  });
  expect(status, stderr).toBe(0);
  expect(stdout.match(/^saw .*$/gm)).toEqual([1, 2, 1, 2, 1].map((n) => `saw 192.0.2.${n}`));
  // What the README shows of an explanation, and the one that supposes.
  const picks = [...stdout.matchAll(/^ {2}→ .*$/gm)].map(([line]) => line);
  expect(picks).toEqual(Array(2).fill('  → second  192.0.2.2  secondary  healthy: no check'));
  expect(stdout).toMatch(/^ {4}first {3}192\.0\.2\.1 {2}primary {4}unhealthy: check \S+ is unhealthy$/m);
  expect(stdout).toMatch(/^ {4}first {3}192\.0\.2\.1 {2}primary {4}unhealthy: check \S+ is unhealthy \(supposed\)$/m);
  await member.stop();
  stopped = true;
});
