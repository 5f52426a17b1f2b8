import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { HostedZone } from '../core/control/tables.ts';
import { nameKey } from '../core/dns/name-key.ts';
import { typeCode } from '../core/dns/record-type.ts';
import type { RecordSet } from '../core/zone/record-set.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import { ownerText, rrsetLines } from '../core/zone/zone-file-lines.ts';
import { exportZone } from '../operator/export-zone.ts';
import { OperatorError } from '../operator/find-zone.ts';
import { importZone, type Imported, type ImportOptions } from '../operator/import-zone.ts';
import { promoteZone } from '../operator/promote-zone.ts';
import type { Planned } from '../operator/plan-import.ts';
import { reach, type Reached } from '../operator/reach.ts';
import { controlSettings, readConfig } from '../server/config.ts';
import { ConfigError } from '../server/config-error.ts';
import { openStore } from '../store/store.ts';
import { readArguments } from './arguments.ts';
import { progressTo } from './progress-line.ts';

/** `waypost zone …`, while a member runs on the data directory or not. */
export async function zoneCommand(args: readonly string[]): Promise<void> {
  const [action, ...rest] = args;
  if (action === 'import') return importFiles(rest);
  if (action === 'export') return exportTo(rest);
  if (action === 'promote') return promote(rest);
  throw new ConfigError('zone', 'needs import, export or promote; see `waypost help`');
}

async function promote(args: readonly string[]): Promise<void> {
  const { positional, settings } = readArguments(args, {});
  const [text, ...more] = positional;
  if (text === undefined || more.length > 0)
    throw new ConfigError('zone promote', 'needs one zone: waypost zone promote ZONE');
  const config = readConfig(process.env, settings);
  const reached = await reach(config.dataDirectory, controlSettings(config));
  try {
    const zone = await promoteZone(reached, text);
    process.stdout.write(`${zone.name} (${zone.id}) is an ordinary hosted zone now\n`);
  } finally {
    await reached.close();
  }
}

async function importFiles(args: readonly string[]): Promise<void> {
  const { positional, switches, values, settings } = readArguments(args, {
    switches: ['--create', '--replace', '--take-apex', '--replace-aliases', '--include', '--dry-run'],
    values: ['--zone', '--skip-types'],
  });
  const zone = values.get('--zone');
  if (positional.length === 0) throw new ConfigError('zone import', 'needs a zone file: waypost zone import FILE');
  if (positional.length > 1 && zone !== undefined) throw new ConfigError('--zone', 'goes with one file only');
  const config = readConfig(process.env, settings);
  const directory = config.dataDirectory;
  if (!existsSync(directory)) throw new ConfigError('WAYPOST_DATA', `there is no data directory ${directory}`);
  const reached = await reach(directory, controlSettings(config));
  const options = {
    ...(zone === undefined ? {} : { zone }),
    create: switches.has('--create'),
    replace: switches.has('--replace'),
    takeApex: switches.has('--take-apex'),
    replaceAliases: switches.has('--replace-aliases'),
    includes: switches.has('--include'),
    skipTypes: new Set((values.get('--skip-types') ?? '').toUpperCase().split(',').filter(Boolean)),
    dryRun: switches.has('--dry-run'),
    directory,
    progress: progressTo(process.stderr),
  };
  try {
    for (const file of positional) await importFile(reached, { ...options, file: file === '-' ? file : resolve(file) });
  } finally {
    await reached.close();
  }
}

async function importFile(reached: Reached, options: ImportOptions): Promise<void> {
  const differences = options.dryRun ? { onDifference: printDifference } : {};
  const imported = await importZone(reached, { ...options, ...differences });
  for (const note of imported.notes) process.stderr.write(`${note}\n`);
  process.stdout.write(`${summary(imported, options)}\n`);
}

/** As `diff` has it: what goes, then what comes. */
function printDifference(zone: HostedZone, key: NameKey, { action, set, before }: Planned): void {
  const gone = action === 'REMOVE' ? set : before;
  const lines = [
    ...(gone === undefined ? [] : linesOf(zone, key, gone).map((line) => `- ${line}`)),
    ...(action === 'PUT' ? linesOf(zone, key, set).map((line) => `+ ${line}`) : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function linesOf(zone: HostedZone, key: NameKey, set: RecordSet): string[] {
  const apex = nameKey(zone.name);
  const { type, ttlSeconds, values, alias, setIdentifier } = set;
  if (ttlSeconds !== undefined && values !== undefined) {
    return rrsetLines(apex, { owner: key, type: typeCode(type) as number, ttlSeconds, values });
  }
  return [`${ownerText(apex, key)}\t${type}\t; ${alias === undefined ? setIdentifier : `an alias of ${alias.name}`}`];
}

function summary({ zone, created, counts, skipped }: Imported, options: ImportOptions): string {
  const { created: put, changed, removed, unchanged, overruled } = counts;
  const would = options.dryRun ? 'would be ' : '';
  const head =
    options.dryRun && created
      ? `${zone.name} (would be made)`
      : `${zone.name} (${zone.id}${created ? ', just made' : ''})`;
  const lines = [
    `${head}: record sets ${would}created ${put}, changed ${changed}, removed ${removed}; unchanged ${unchanged}`,
  ];
  if (overruled > 0) {
    lines.push(
      `  ${overruled} of the file's were passed over: the zone keeps its own NS and SOA (--take-apex), aliases and routed sets (--replace-aliases)`,
    );
  }
  if (skipped.size > 0) lines.push(`  left out: ${[...skipped].map(([type, count]) => `${count} ${type}`).join(', ')}`);
  return lines.join('\n');
}

async function exportTo(args: readonly string[]): Promise<void> {
  const { positional, values, settings } = readArguments(args, { values: ['--output'] });
  const [zone, ...more] = positional;
  if (zone === undefined || more.length > 0)
    throw new ConfigError('zone export', 'needs one zone: waypost zone export ZONE');
  const { dataDirectory } = readConfig(process.env, settings);
  const store = openStore(dataDirectory, { readOnly: true });
  const output = values.get('--output');
  // The file has its name only once it is whole.
  const unfinished = output === undefined ? undefined : `${resolve(output)}.unfinished`;
  const stream: Writable = unfinished === undefined ? process.stdout : createWriteStream(unfinished);
  try {
    await exportZone(store.snapshot(), {
      zone,
      progress: progressTo(process.stderr),
      write: (text) => writeTo(stream, text),
    });
    if (unfinished !== undefined) {
      stream.end();
      await once(stream, 'finish');
      renameSync(unfinished, resolve(output as string));
    }
  } catch (error) {
    if (unfinished !== undefined) rmSync(unfinished, { force: true });
    throw error;
  } finally {
    await store.close();
  }
}

/** Waits for a slow reader: what it has not taken is not made. */
async function writeTo(stream: Writable, text: string): Promise<void> {
  const failed = stream.errored;
  if (failed !== null)
    throw new OperatorError(`the zone cannot be written (${(failed as NodeJS.ErrnoException).code})`);
  if (!stream.write(text, 'latin1')) await once(stream, 'drain');
}
