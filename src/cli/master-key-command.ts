import { linkSync, renameSync } from 'node:fs';
import { rotateMasterKey } from '../operator/rotate-master-key.ts';
import { reach } from '../operator/reach.ts';
import { ConfigError } from '../server/config-error.ts';
import { controlSettings, readConfig } from '../server/config.ts';
import { existingMasterSecret, nextMasterSecret } from '../server/member-keys.ts';
import { readArguments } from './arguments.ts';

/** `waypost master-key rotate`. */
export async function masterKeyCommand(args: readonly string[]): Promise<void> {
  const [action, ...rest] = args;
  const { positional, values, settings } = readArguments(rest, { values: ['--to'] });
  if (action !== 'rotate' || positional.length > 0) {
    throw new ConfigError('master-key', 'needs rotate: waypost master-key rotate');
  }
  const config = readConfig(process.env, settings);
  const { secret, file } = existingMasterSecret(config);
  const target = values.get('--to') ?? (file && `${file}.next`);
  if (target === undefined) throw new ConfigError('--to', 'is needed with WAYPOST_MASTER_KEY: a file for the new one');
  if (target === file) throw new ConfigError('--to', `${target} holds the old master key`);
  const reached = await reach(config.dataDirectory, controlSettings(config));
  try {
    const keys = await rotateMasterKey(reached, secret, nextMasterSecret(target, config));
    const told = `${keys} private keys are wrapped with a new master key, which is in`;
    if (values.has('--to') || file === undefined) {
      print(`${told} ${target}; name it in WAYPOST_MASTER_KEY_FILE\n`);
    } else {
      const kept = `${file}.until-${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}`;
      linkSync(file, kept);
      renameSync(target, file);
      print(`${told} ${file}\nThe old one is in ${kept}: backups from before need it\n`);
    }
  } finally {
    await reached.close();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}
