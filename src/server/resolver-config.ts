import { isIP } from 'node:net';
import { ConfigError } from './config-error.ts';

/** By whom hosts are looked up that are not ours: name → [default, what it is]. */
export const resolverSettings = {
  WAYPOST_RESOLVERS: [
    '',
    "resolvers for aliases to hosts outside their zone and for checks by name, such as 192.0.2.53 or [2001:db8::53]:5353, or 'system'; parents of signed zones are asked through them, too; unless set, there are no such aliases, parents are not asked, and checks use the system's",
  ],
} as const satisfies Record<string, readonly [string, string]>;

/** Addresses with or without a port; `system` for those of the host, undefined when the operator named none. */
export type ResolverConfig = readonly string[] | 'system' | undefined;

/** Throws `ConfigError`. */
export function readResolverConfig(text: string): ResolverConfig {
  if (text === '') return undefined;
  if (text === 'system') return 'system';
  return text.split(',').map((each) => resolver(each.trim()));
}

const PORT_MAX = 0xffff;

function resolver(text: string): string {
  const [, host = text, port = ''] =
    /^\[([^\]]+)\](?::([0-9]{1,5}))?$/.exec(text) ?? /^([0-9.]+)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  if (isIP(host) !== 0 && Number(port) <= PORT_MAX) return text;
  throw new ConfigError('WAYPOST_RESOLVERS', `'${text}' is not an address like 192.0.2.53 or [2001:db8::53]:5353`);
}
