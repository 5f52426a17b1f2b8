import { lacks } from '../clients/member.ts';
import { NAME_SERVERS, startNameServer, type NameServer } from './name-server.ts';
import { RESOLVER_NAMES, RESOLVERS, startResolver, type Resolver, type ResolverName } from './resolver.ts';
import { makeKeys, SIGNING_TOOLS } from './signed-zone.ts';

/** The hosts of the tree. Only resolvers are at loopback addresses: Knot's asks no name server there. */
export const ADDRESS = {
  root: '198.51.100.1',
  tld: '198.51.100.2',
  /** The name server under test. */
  child: '198.51.100.3',
  /** Zones that the child delegates to. */
  elsewhere: '198.51.100.4',
  unbound: '127.0.20.1',
  'pdns-recursor': '127.0.20.2',
  'knot-resolver': '127.0.20.3',
  BIND: '127.0.20.4',
} as const;

/** What the tests need that not every machine has; each is named when it is missing. */
export function someAbsent(tools: readonly string[] = []): boolean {
  const programs = [...Object.values(RESOLVERS).map(({ path }) => path), ...Object.values(NAME_SERVERS)];
  const missing = [...programs, ...SIGNING_TOOLS, ...tools].map((tool) => lacks(tool));
  missing.push(lacks('a network namespace of its own (test/dnssec/run)', process.env['WAYPOST_OWN_NETWORK'] === 'yes'));
  return missing.includes(true);
}

/** A delegation from `test.`. */
export interface Delegation {
  readonly origin: string;
  /** Name servers: name → address, for glue below the origin. */
  readonly servers: Readonly<Record<string, string>>;
  /** DS rdata. */
  readonly ds: readonly string[];
}

/** A signed root with one TLD, `test.`, each on its server. */
export interface Tree {
  /** The root's DS rdata. */
  readonly anchor: string;
  /** Puts other delegations in the place of all there are, and waits until they are served. */
  delegate(delegations: readonly Delegation[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startTree(): Promise<Tree> {
  const [root, tld] = [makeKeys('.'), makeKeys('test.')];
  let serial = 1;
  const tldZone = (delegations: readonly Delegation[]) => ({
    origin: 'test.',
    text: tld.sign(
      apex('test.', 'ns.test.', serial++) + `ns.test. 300 A ${ADDRESS.tld}\n` + delegations.map(linesOf).join(''),
    ),
  });
  const rootText = `${apex('.', 'a.root.', 1)}a.root. 300 A ${ADDRESS.root}
test. 300 NS ns.test.
ns.test. 300 A ${ADDRESS.tld}
test. 300 DS ${tld.ds}
`;
  const servers: NameServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    root.discard();
    tld.discard();
  };
  try {
    servers.push(await startNameServer('NSD', [ADDRESS.root], [{ origin: '.', text: root.sign(rootText) }]));
    const tldServer = await startNameServer('NSD', [ADDRESS.tld], [tldZone([])]);
    servers.push(tldServer);
    return { anchor: root.ds, delegate: (delegations) => tldServer.serve([tldZone(delegations)]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** SOA and NS records. */
export function apex(origin: string, server: string, serial: number): string {
  return `${origin} 300 SOA ${server} hostmaster.test. ${serial} 3600 600 86400 60\n${origin} 300 NS ${server}\n`;
}

function linesOf({ origin, servers, ds }: Delegation): string {
  return [
    ...Object.keys(servers).map((name) => `${origin} 300 NS ${name}\n`),
    ...Object.entries(servers).map(([name, address]) => `${name} 300 A ${address}\n`),
    ...ds.map((rdata) => `${origin} 300 DS ${rdata}\n`),
  ].join('');
}

export interface ValidatorOptions {
  /** All unless given. */
  readonly names?: readonly ResolverName[];
  /** EDNS buffer towards name servers. */
  readonly udpBytes?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Side by side. */
export async function startResolvers({ anchor }: Tree, options: ValidatorOptions = {}): Promise<readonly Resolver[]> {
  const started = await Promise.allSettled(
    (options.names ?? RESOLVER_NAMES).map((name) =>
      startResolver(name, { ...options, anchor, rootServer: ADDRESS.root, address: ADDRESS[name] }),
    ),
  );
  const resolvers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failure = started.find((each) => each.status === 'rejected');
  if (failure === undefined) return resolvers;
  await Promise.all(resolvers.map((resolver) => resolver.stop()));
  throw failure.reason;
}
