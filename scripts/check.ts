import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Everything that CI checks, the fast parts first. All parts run, so that one look shows everything there is to mend. */
const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;

const parts: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['format', node, ['node_modules/oxfmt/bin/oxfmt', '--check']],
  ['lint', node, ['node_modules/oxlint/bin/oxlint']],
  ['types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['types of the core', node, ['node_modules/typescript/bin/tsc', '-p', 'src/core/tsconfig.json']],
  ['tests', node, ['node_modules/vitest/vitest.mjs', 'run']],
  ['client tests', 'test/clients/run', []],
];

const only = process.argv.includes('--static') ? 4 : parts.length;
const failed: string[] = [];
for (const [name, command, args] of parts.slice(0, only)) {
  if (command !== node && !existsSync(`${root}/${command}`)) {
    console.log(`✗ ${name}: ${command} is not there`);
    failed.push(name);
    continue;
  }
  const started = performance.now();
  console.log(`— ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
