import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { allSettings, readConfig } from '../server/config.ts';
import { SettingError } from '../server/setting-error.ts';

/** A wrong command line or setting, as sysexits and most tools have it. */
const EXIT_USAGE = 2;
/** Clients' own timeouts have passed by then; a supervisor's SIGKILL has not. */
const STOP_MILLISECONDS_MAX = 10_000;

export async function runCommand(args: readonly string[]): Promise<void> {
  const [command = 'help', ...rest] = args;
  try {
    switch (command) {
      case 'start':
        return await start(rest);
      case 'backup':
        return await backupTo(rest);
      case 'restore':
        return await restoreFrom(rest);
      case 'version':
      case '--version':
        return print(`waypost ${version()}\n`);
      case 'help':
      case '--help':
      case '-h':
        return print(help());
      default:
        throw new SettingError(`there is no command "${command}"; there are start, backup, restore, version and help`);
    }
  } catch (error) {
    const known = error instanceof SettingError || (error as Error).name === 'StoreError';
    process.stderr.write(`waypost: ${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    process.exit(known ? EXIT_USAGE : 1);
  }
}

async function start(flags: readonly string[]): Promise<void> {
  if (flags.includes('--help')) return print(help());
  const config = readConfig(process.env, flags);
  const { startMember } = await import('../server/start.ts');
  const { readyLines } = await import('../server/ready-lines.ts');
  const stopping = Promise.withResolvers<number>();
  process.once('SIGTERM', () => stopping.resolve(0));
  process.once('SIGINT', () => stopping.resolve(0));
  const member = await startMember(config, () => stopping.resolve(1));
  print(readyLines(config, member.madeKey));
  const code = await stopping.promise;
  setTimeout(() => {
    process.stderr.write('waypost: stopped without waiting longer for open requests\n');
    process.exit(code === 0 ? 0 : 1);
  }, STOP_MILLISECONDS_MAX).unref();
  await member.stop();
  process.exit(code);
}

async function backupTo(args: readonly string[]): Promise<void> {
  const { directory, flags } = directoryOf('backup', args);
  const { backup } = await import('../server/backup.ts');
  const { data } = readConfig(process.env, flags);
  await backup(data, directory);
  print(`Backed up ${data} to ${directory}.\n`);
}

async function restoreFrom(args: readonly string[]): Promise<void> {
  const { directory, flags } = directoryOf('restore', args);
  const { restore } = await import('../server/backup.ts');
  const { data } = readConfig(process.env, flags);
  await restore(directory, data);
  print(`Restored ${directory} to ${data}.\n`);
}

function directoryOf(command: string, [directory, ...flags]: readonly string[]): { directory: string; flags: readonly string[] } {
  if (directory === undefined || directory.startsWith('-')) throw new SettingError(`${command} needs a directory: waypost ${command} DIR`);
  return { directory: resolve(directory), flags };
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function print(text: string): void {
  process.stdout.write(text);
}

function help(): string {
  const rows = allSettings.map(({ env, flag, fallback, help: about }) => {
    const shown = fallback === '' ? '' : ` (default ${fallback})`;
    return `  ${env.padEnd(40)} ${flag}\n      ${about}${shown}`;
  });
  return `Waypost: a Route 53 that anyone can run.

  waypost start [FLAGS]    starts a member with every role
  waypost backup DIR       copies the data directory while a member runs
  waypost restore DIR      puts a backup into an empty data directory
  waypost version
  waypost help

Settings, as environment variables or flags of start:

${rows.join('\n')}
`;
}
