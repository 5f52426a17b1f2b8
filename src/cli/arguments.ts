import { ConfigError } from '../server/config-error.ts';
import { flagOf, settings } from '../server/config.ts';

/** A command line, taken apart. */
export interface Arguments {
  readonly positional: readonly string[];
  /** Flags without a value. */
  readonly switches: ReadonlySet<string>;
  /** The command's own flags with a value. */
  readonly values: ReadonlyMap<string, string>;
  /** The command's own flags that may come again, or have several values after commas. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Settings of the member (server/config.ts), which every command takes. */
  readonly settings: ReadonlyMap<string, string>;
}

/** `--flag value`, `--flag=value`, `--switch`, and what is none of them, `-` for the standard input among it. Throws `ConfigError`. */
export function readArguments(
  args: readonly string[],
  known: {
    readonly switches?: readonly string[];
    readonly values?: readonly string[];
    readonly lists?: readonly string[];
  } = {},
): Arguments {
  const positional: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (!argument.startsWith('-') || argument === '-') {
      positional.push(argument);
      continue;
    }
    const [flag = '', ...rest] = argument.split('=');
    if (known.switches?.includes(flag) === true && rest.length === 0) {
      switches.add(flag);
      continue;
    }
    const own = known.values?.includes(flag) === true;
    const list = known.lists?.includes(flag) === true;
    if (!own && !list && !Object.keys(settings).some((setting) => flagOf(setting) === flag)) {
      throw new ConfigError(flag, 'there is no such flag; see `waypost help`');
    }
    const value = rest.length > 0 ? rest.join('=') : args[(index += 1)];
    if (value === undefined) throw new ConfigError(flag, 'needs a value');
    if (list) lists.set(flag, [...(lists.get(flag) ?? []), ...value.split(',').map((each) => each.trim())]);
    else (own ? values : given).set(flag, value);
  }
  return { positional, switches, values, lists, settings: given };
}
