import { nameKey } from '../../core/dns/name-key.ts';
import { KeyRing, type TsigKey } from '../tsig/tsig-key.ts';
import { isInNetwork, type Network } from './network.ts';

/** What an operator says about transfers; read by transfer-file.ts. Zone names are normalised. */
export interface TransferSettings {
  readonly keys: readonly TsigKey[];
  readonly out: readonly OutRule[];
  readonly in: readonly SecondaryRule[];
}

/** Who may copy some zones, and who is told when they change. A zone may match several rules; all of them hold. */
export interface OutRule {
  readonly zones: 'all' | ReadonlySet<string>;
  readonly allow: readonly Access[];
  readonly notify: readonly Peer[];
}

/** At least one member is there; all that are must match. */
export interface Access {
  readonly network?: Network;
  readonly key?: TsigKey;
}

/** A server that we send to. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly key?: TsigKey;
  /** The address that we send from; the system chooses one otherwise. */
  readonly source?: string;
}

export function printPeer({ host, port }: Peer): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export interface SecondaryRule {
  readonly zone: string;
  /** Asked in this order. */
  readonly primaries: readonly Peer[];
  /** Who may say that the zone has changed: the primaries, and those that are named. */
  readonly allowNotify: readonly Access[];
}

export const NO_TRANSFERS: TransferSettings = { keys: [], out: [], in: [] };

/** Answers who may do what. Built once for some settings, asked for each message. */
export class TransferRules {
  readonly keys: KeyRing;
  /** False when no rule names anybody to tell of changes. */
  readonly tellsAnybody: boolean;
  readonly #out: readonly OutRule[];
  readonly #in: ReadonlyMap<string, { readonly rule: SecondaryRule; readonly place: number }>;

  constructor(settings: TransferSettings) {
    this.keys = new KeyRing(settings.keys);
    this.#out = settings.out;
    this.tellsAnybody = settings.out.some((rule) => rule.notify.length > 0);
    this.#in = new Map(settings.in.map((rule, place) => [nameKey(rule.zone), { rule, place }]));
  }

  mayTransfer(zoneName: string, client: Uint8Array, key: TsigKey | undefined): boolean {
    return this.#out.some((rule) => covers(rule, zoneName) && allows(rule.allow, client, key));
  }

  notified(zoneName: string): readonly Peer[] {
    return this.#out.filter((rule) => covers(rule, zoneName)).flatMap((rule) => rule.notify);
  }

  /** The rule of a zone that is transferred in, with its place in the settings. `apex` is the name's key. */
  secondary(apex: string): { readonly rule: SecondaryRule; readonly place: number } | undefined {
    return this.#in.get(apex);
  }
}

export function allows(list: readonly Access[], client: Uint8Array, key: TsigKey | undefined): boolean {
  return list.some(
    (access) =>
      (access.network === undefined || isInNetwork(client, access.network)) &&
      (access.key === undefined || access.key === key),
  );
}

/** The zones whose serial moves with each change. */
export function transferredOut(settings: TransferSettings): 'all' | ReadonlySet<string> {
  const names = new Set<string>();
  for (const { zones } of settings.out) {
    if (zones === 'all') return 'all';
    for (const name of zones) names.add(name);
  }
  return names;
}

function covers(rule: OutRule, zoneName: string): boolean {
  return rule.zones === 'all' || rule.zones.has(zoneName);
}
