import { readdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

/**
 * Bundles src/ into dist/app, which `bin/waypost` runs: a few files of plain JavaScript instead of some three hundred modules, which
 * each of a member's threads would find, strip of their types and link by itself (docs/decisions/0019). Code is neither minified nor
 * renamed, so that a stack trace can be read.
 *
 * dist/app is a link to the newest build and replaced in one step: starts at the same moment do not disturb each other, and a member
 * that runs finds the files it was started from when it starts a thread again.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** As deep as src/cli, whose paths to package.json it takes over. */
const app = join(dist, 'app');
/** A member that runs keeps its own; more than this many builds during its life are development. */
const BUILDS_KEPT = 3;

console.error('waypost: bundling the sources (once)…');
const begun = new Date();
const name = `build-${begun.getTime()}-${process.pid}`;
await bundle(join(root, 'src/cli/main.ts'), join(dist, name));
// Sources that changed while it was built are newer.
utimesSync(join(dist, name, 'main.js'), begun, begun);
symlinkSync(name, join(dist, `link-${name}`));
renameSync(join(dist, `link-${name}`), app);
const builds = readdirSync(dist)
  .filter((each) => each.startsWith('build-'))
  .sort();
for (const old of builds.slice(0, -BUILDS_KEPT)) rmSync(join(dist, old), { recursive: true });
