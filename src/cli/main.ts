import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The command line. Commands are imported only when asked for, and compiled code is cached beside the packages: a second start is
 * ready within a second.
 */
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
const { runCommand } = await import('./commands.ts');
await runCommand(process.argv.slice(2));
