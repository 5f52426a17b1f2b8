import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Explanation } from '../core/answer/explanation.ts';
import { explainRequest, type ExplainRequest } from '../operator/explain.ts';
import { explainByMember } from '../operator/reach.ts';
import { readConfig, type Config } from '../server/config.ts';
import { ConfigError } from '../server/config-error.ts';
import { lastKnownPoint } from '../server/last-known.ts';
import { openStore } from '../store/store.ts';
import { readArguments } from './arguments.ts';
import { explanationText } from './explain-text.ts';

/** So many are told in six digits, which are easily typed again. */
const DRAWS = 1_000_000;

/** `waypost explain NAME [TYPE]`: by the member that runs on the data directory, or else by what it would answer by. */
export async function explainCommand(args: readonly string[]): Promise<void> {
  const { positional, switches, values, lists, settings } = readArguments(args, {
    switches: ['--json'],
    values: ['--from', '--subnet', '--draw'],
    lists: ['--healthy', '--unhealthy'],
  });
  const [name, type = 'A', ...more] = positional;
  if (name === undefined || more.length > 0) {
    throw new ConfigError('explain', 'needs a name and, unless it is A, a type: waypost explain NAME TYPE');
  }
  const [from, subnet, draw] = [values.get('--from'), values.get('--subnet'), values.get('--draw')];
  if (draw !== undefined && !/^0?\.[0-9]+$|^0$/.test(draw)) {
    throw new ConfigError('--draw', `'${draw}' is not a number from 0 up to but not including 1, like 0.25`);
  }
  const question: ExplainRequest = {
    name,
    type,
    ...(from === undefined ? {} : { from }),
    ...(subnet === undefined ? {} : { subnet }),
    healthy: lists.get('--healthy') ?? [],
    unhealthy: lists.get('--unhealthy') ?? [],
    draw: draw === undefined ? randomInt(DRAWS) / DRAWS : Number(draw),
  };
  const config = readConfig(process.env, settings);
  const directory = config.dataDirectory;
  if (!existsSync(directory)) throw new ConfigError('WAYPOST_DATA', `there is no data directory ${directory}`);
  const byMember = await explainByMember(directory, question);
  const explanation = byMember ?? (await explainByLastKnown(config, question));
  const text = switches.has('--json')
    ? `${JSON.stringify({ ...explanation, memberRuns: byMember !== undefined }, null, 2)}\n`
    : explanationText(explanation, byMember !== undefined);
  process.stdout.write(text);
}

async function explainByLastKnown(config: Config, question: ExplainRequest): Promise<Explanation> {
  const store = openStore(config.dataDirectory, { readOnly: true });
  try {
    return explainRequest(store.view, await lastKnownPoint(config, store.view), question);
  } finally {
    await store.close();
  }
}
