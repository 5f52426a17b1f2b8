import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What CI checks, by CI's own list, with the tools that this machine has. All parts run, so that one look shows everything there
 * is to mend.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const list = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8').matchAll(/^check "([^"]+)" (.+)$/gm);
const parts = [...list].map(([, name = '', command = '']) => ({ name, command }));

/** Format, lint and the two kinds of types. */
const STATIC = 4;
const failed: string[] = [];
for (const { name, command } of process.argv.includes('--static') ? parts.slice(0, STATIC) : parts) {
  const started = performance.now();
  console.log(`— ${name}`);
  const { status } = spawnSync(command, { cwd: root, stdio: 'inherit', shell: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
