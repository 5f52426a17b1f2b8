import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nameKey } from '../../src/core/dns/name-key.ts';
import { tables } from '../../src/core/control/tables.ts';
import { openStore } from '../../src/store/store.ts';

/**
 * kill -9 under write load, again and again on one data directory: every start must succeed and hold every change that was ever
 * acknowledged. WAYPOST_KILLS says how often (3). The page cache survives a kill, so this shows that a commit is whole and that
 * nothing is acknowledged before it; that it is on disk by then is what fsync-order.ts shows.
 */
const kills = Number(process.env['WAYPOST_KILLS'] ?? 3);
const IN_FLIGHT = 32;
/** A kill comes at a random moment up to this long after the first acknowledgement. */
const LOAD_MS_MAX = 700;

interface Acknowledged {
  readonly changeId: string;
  readonly zoneId: string;
  readonly name: string;
}

function runAndKill(directory: string): Promise<Acknowledged[]> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./appender.ts', import.meta.url)), directory, String(IN_FLIGHT), '1e9'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const killAfter = Math.random() * LOAD_MS_MAX;
  let output = '';
  child.stdout.setEncoding('latin1');
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), killAfter));
  child.stdout.on('data', (part: string) => {
    output += part;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL')
        reject(new Error(`the appender ended by itself, with code ${code}: a start that failed?`));
      else resolve(output.split('\n').slice(0, -1).map(parsedLine));
    });
  });
}

function parsedLine(line: string): Acknowledged {
  const [, changeId = '', zoneId = '', name = ''] = line.split(' ');
  return { changeId, zoneId, name };
}

async function lostOf(directory: string, acknowledged: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const store = openStore(directory);
  const lost = acknowledged.filter(
    ({ changeId, zoneId, name }) =>
      store.view.get(tables.changes, [changeId]) === undefined ||
      store.view.get(tables.nodes, [zoneId, nameKey(`${name}.`)])?.recordSets.length !== 1,
  );
  await store.close();
  return lost;
}

const directory = mkdtempSync(join(tmpdir(), 'waypost-kill-'));
const acknowledged: Acknowledged[] = [];
let lostCount = 0;
try {
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = acknowledged.length;
    for (const each of await runAndKill(directory)) acknowledged.push(each);
    const lost = await lostOf(directory, acknowledged);
    lostCount += lost.length;
    console.log(
      `kill ${kill}/${kills}: ${acknowledged.length - before} acknowledged, ${acknowledged.length} in all, ${lost.length} lost`,
    );
  }
} finally {
  rmSync(directory, { recursive: true });
}
if (lostCount > 0 || acknowledged.length === 0) process.exitCode = 1;
