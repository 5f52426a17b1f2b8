import { masterFile, type TrickyZone } from '../conformance/tricky-zone.ts';
import {
  BROKEN,
  elsewhereText,
  HOSTED,
  PLAIN_ELSEWHERE,
  SIGNED_ELSEWHERE,
  TRICKY,
  type HostedZone,
} from './hosted-zones.ts';
import { startNameServer, type NameServer } from './name-server.ts';
import { makeKeys, publishedDs } from './signed-zone.ts';
import { ADDRESS, type Tree } from './tree.ts';

/** DS rdata by the origin that they are for. */
export type DsByOrigin = ReadonlyMap<string, string>;

/** The server under test, with the hosted zones. */
export interface Child {
  /** Of the zones that it signs. */
  readonly ds: DsByOrigin;
  /** Adds DS records to the hosted zones that the origins are delegated in. */
  addDs(ds: DsByOrigin): Promise<void>;
  stop(): Promise<void>;
}

const ALL: readonly HostedZone[] = [...HOSTED, BROKEN];

/** The same key's by its tag, with another digest. */
function ofNoKey(ds: string): string {
  return ds.replace(/.{8}$/, '00000000');
}

/** Knot in its place, which signs online too. */
export async function startKnotChild(): Promise<Child> {
  const zonesWith = (ds: DsByOrigin) =>
    ALL.map((zone) => ({ origin: zone.origin, text: masterFile(withDs(zone, ds)), signedOnline: zone.signed }));
  const server = await startNameServer('Knot', [ADDRESS.child], zonesWith(new Map()));
  const signed = ALL.filter((zone) => zone.signed).map(({ origin }) => origin);
  return {
    ds: new Map(signed.map((origin) => [origin, publishedDs(ADDRESS.child, origin)])),
    addDs: (ds) => server.serve(zonesWith(ds)),
    stop: () => server.stop(),
  };
}

/** The hosted zone that delegates an origin; undefined when only `test.` does. */
export function parentOf(origin: string): HostedZone | undefined {
  const above = HOSTED.filter((zone) => zone.origin !== origin && origin.endsWith(`.${zone.origin}`));
  return above.toSorted((one, other) => other.origin.length - one.origin.length)[0];
}

function withDs(zone: HostedZone, ds: DsByOrigin): TrickyZone {
  const lines = [...ds]
    .filter(([origin]) => parentOf(origin) === zone)
    .map(([owner, value]) => ({ owner, ttlSeconds: 300, type: 'DS', value }));
  return { origin: zone.origin, lines: [...zone.lines, ...lines] };
}

/** Delegates to the child, from it to zones elsewhere, and within it; everything that is signed has its DS record above. */
export async function delegateAll(tree: Tree, child: Child): Promise<NameServer> {
  const keys = SIGNED_ELSEWHERE.map(makeKeys);
  const zones = [
    ...keys.map((each) => ({ origin: each.origin, text: each.sign(elsewhereText(each.origin)) })),
    ...PLAIN_ELSEWHERE.map((origin) => ({ origin, text: elsewhereText(origin) })),
  ];
  keys.forEach((each) => each.discard());
  const elsewhere = await startNameServer('NSD', [ADDRESS.elsewhere], zones);
  await child.addDs(new Map([...child.ds, ...keys.map(({ origin, ds }): [string, string] => [origin, ds])]));
  const servers = { [`ns1.${TRICKY}`]: ADDRESS.child };
  await tree.delegate(
    ALL.filter(({ origin }) => parentOf(origin) === undefined).map(({ origin }) => ({
      origin,
      servers,
      ds: [child.ds.get(origin) ?? []].flat().map((ds) => (origin === BROKEN.origin ? ofNoKey(ds) : ds)),
    })),
  );
  return elsewhere;
}
