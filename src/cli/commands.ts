import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../server/config-error.ts';
import { flagOf, readConfig, settings, type Config } from '../server/config.ts';
import { ENVIRONMENT_ONLY } from '../server/key-config.ts';
import { KEPT_FILES } from '../server/kept-files.ts';
import { readArguments } from './arguments.ts';
import { EXPLAIN_HELP } from './explain-help.ts';
import { MASTER_KEY_HELP } from './master-key-help.ts';
import { ZONE_HELP } from './zone-help.ts';

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
      case 'zone':
        return await (await import('./zone-command.ts')).zoneCommand(rest);
      case 'master-key':
        return await (await import('./master-key-command.ts')).masterKeyCommand(rest);
      case 'explain':
        return await (await import('./explain-command.ts')).explainCommand(rest);
      case 'version':
      case '--version':
        return print(`waypost ${version()}\n`);
      case 'help':
      case '--help':
      case '-h':
        return print(help());
      default:
        throw new ConfigError(
          command,
          `there is no such command; there are start, backup, restore, zone, master-key, explain, version and help`,
        );
    }
  } catch (error) {
    process.stderr.write(told(error as Error));
    process.exit(error instanceof ConfigError || (error as Error).name === 'StoreError' ? EXIT_USAGE : 1);
  }
}

/** What a person can act on is told in a sentence; what is our defect, with its place. */
function told(error: Error): string {
  if (error.name === 'ImportRefused') return `${error.message}\nwaypost: nothing was imported\n`;
  const known = error instanceof ConfigError || ['StoreError', 'OperatorError'].includes(error.name);
  return `waypost: ${known ? error.message : (error.stack ?? String(error))}\n`;
}

async function start(flags: readonly string[]): Promise<void> {
  if (flags.includes('--help')) return print(help());
  const config = readConfig(process.env, settingsOf(flags));
  // Threads and programs that this one starts, and reports of a crash, would have it, too.
  for (const secret of ENVIRONMENT_ONLY) delete process.env[secret];
  const { startMember } = await import('../server/start.ts');
  const { welcome } = await import('./welcome.ts');
  const stopping = Promise.withResolvers<number>();
  process.once('SIGTERM', () => stopping.resolve(0));
  process.once('SIGINT', () => stopping.resolve(0));
  const starting = startMember(config, () => stopping.resolve(1));
  // With nothing to read again, the end of a terminal ends the member as it ends any program.
  if (readsAgain(config)) {
    process.on('SIGHUP', () => {
      starting.then(
        (each) => each.reload(),
        () => {},
      );
    });
  }
  const member = await starting;
  print(welcome(config, member));
  const code = await stopping.promise;
  setTimeout(() => {
    process.stderr.write('waypost: stopped without waiting longer for open requests\n');
    process.exit(code === 0 ? 0 : 1);
  }, STOP_MILLISECONDS_MAX).unref();
  await member.stop();
  process.exit(code);
}

/** Whether the operator has given it files that may change while it runs. */
function readsAgain({ tls, transfersFile, latenciesFile, geoDatabases }: Config): boolean {
  return [tls, transfersFile, latenciesFile, geoDatabases[0]].some((given) => given !== undefined);
}

async function backupTo(args: readonly string[]): Promise<void> {
  const { directory, flags } = directoryOf('backup', args);
  const data = readConfig(process.env, settingsOf(flags)).dataDirectory;
  const { backUp } = await import('../store/backup.ts');
  const { zones, sequence } = await backUp(data, directory, KEPT_FILES, new Date());
  print(`Backed up ${zones} hosted zones at change ${sequence} to ${directory}\n`);
}

async function restoreFrom(args: readonly string[]): Promise<void> {
  const { directory, flags } = directoryOf('restore', args);
  const data = readConfig(process.env, settingsOf(flags)).dataDirectory;
  const { restore } = await import('../store/backup.ts');
  const { zones, sequence } = await restore(directory, data, KEPT_FILES);
  print(`Restored ${zones} hosted zones at change ${sequence} to ${data}\n`);
}

function directoryOf(
  command: string,
  [directory, ...flags]: readonly string[],
): { directory: string; flags: readonly string[] } {
  if (directory === undefined || directory.startsWith('-'))
    throw new ConfigError(command, `needs a directory: waypost ${command} DIR`);
  return { directory: resolve(directory), flags };
}

function settingsOf(args: readonly string[]): ReadonlyMap<string, string> {
  const { positional, settings: given } = readArguments(args);
  if (positional[0] !== undefined) throw new ConfigError(positional[0], 'is not a flag; see `waypost help`');
  return given;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function print(text: string): void {
  process.stdout.write(text);
}

function help(): string {
  const rows = Object.entries(settings).map(([setting, [fallback, about]]) => {
    const shown = fallback === '' ? '' : ` (default ${fallback})`;
    const flag = ENVIRONMENT_ONLY.has(setting) ? '' : flagOf(setting);
    return `${`  ${setting.padEnd(40)} ${flag}`.trimEnd()}\n      ${about}${shown}`;
  });
  return `Waypost: a Route 53 that anyone can run.

  waypost start [FLAGS]    starts a member with every role
  waypost backup DIR       copies the data directory while a member runs
  waypost restore DIR      puts a backup into an empty data directory
${ZONE_HELP}${MASTER_KEY_HELP}${EXPLAIN_HELP}  waypost version
  waypost help

Settings, as environment variables or flags of start:

${rows.join('\n')}
`;
}
