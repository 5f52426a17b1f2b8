import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The command line. Commands are imported only when asked for, and compiled code is cached beside the packages: a second start is
 * ready within a second.
 */
const cache = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));
enableCompileCache(cache);
// Worker threads have a cache of their own, which they find by the environment.
process.env.NODE_COMPILE_CACHE ??= cache;
const { runCommand } = await import('./commands.ts');
await runCommand(process.argv.slice(2));
