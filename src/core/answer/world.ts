import type { ZoneData } from '../zone/zone-data.ts';
import type { ZoneSigner } from '../dnssec/zone-signing.ts';
import type { Trace } from '../routing/trace.ts';
import { ServerCookies } from './edns/server-cookie.ts';
import { Enclosers } from './enclosers.ts';
import { ListenerSets } from './listener-sets.ts';
import { PlanCache } from './plan-cache.ts';
import { RateLimit } from './rate-limit.ts';
import type { OutsideTable } from './routed/outside-table.ts';
import { QueryAsker, type Places } from './routed/query-asker.ts';
import type { Desk } from './desk.ts';
import type { AnswerSettings } from './settings.ts';
import { SignedAnswers } from './signed/signed-answers.ts';
import type { SigningBudget } from './signed/signing-budget.ts';
import { ZoneQueries } from './zone-queries.ts';
import { ZoneVersions } from './zone-versions.ts';

/** What a query is answered from: one per thread. */
export interface World {
  readonly zones: ZoneData;
  /** Another one once something was signed: then there is less room for them. */
  plans: PlanCache;
  readonly asker: QueryAsker;
  /** Where clients are; undefined while no location database is loaded. */
  places: Places | undefined;
  /** What hosts outside resolve to; undefined where nobody resolves them. */
  readonly outside: OutsideTable | undefined;
  readonly enclosers: Enclosers;
  readonly versions: ZoneVersions;
  readonly zoneQueries: ZoneQueries;
  readonly signed: SignedAnswers;
  readonly settings: AnswerSettings;
  readonly listeners: ListenerSets;
  /** Without one, signatures are overlooked, and zones and NOTIFY refused. */
  readonly desk: Desk | undefined;
  readonly cookies: ServerCookies | undefined;
  /** What NSID says (RFC 5001); empty for nothing. */
  readonly serverId: Uint8Array;
  /** What the TCP keepalive option says (RFC 7828 §3.1): units of 100 ms. */
  readonly keepalive: Uint8Array;
  readonly rateLimit: RateLimit | undefined;
  /** Laid out as counters.ts says. */
  readonly counters: Float64Array;
  /** For compiling; the longest message there is. */
  readonly scratch: Uint8Array;
}

export interface WorldOptions {
  readonly zones: ZoneData;
  readonly planBytesMax: number;
  readonly settings: AnswerSettings;
  /** What the member's workers share to limit rates, if they are limited. */
  readonly rateTable?: SharedArrayBuffer | undefined;
  readonly desk?: Desk;
  readonly counters: Float64Array;
  /** An octet for each health check, as core/routing reads them. */
  readonly statuses?: Uint8Array;
  readonly trace?: Trace;
  readonly outside?: OutsideTable | undefined;
  /** Of zone-queries.ts, this thread's own; left out, queries are not counted by zone. */
  readonly zoneQueries?: SharedArrayBuffer | undefined;
  /** Left out: signed zones cannot be answered to who asks for signatures. */
  readonly signer?: ZoneSigner | undefined;
  /** How much may be signed, if not as much as is usual. */
  readonly signingBudget?: SigningBudget;
}

const MESSAGE_OCTETS_MAX = 65_535;

export function createWorld(options: WorldOptions): World {
  const signed = new SignedAnswers(options.signer, options.planBytesMax, options.signingBudget);
  const plans = new PlanCache(options.planBytesMax);
  const { settings } = options;
  const versions = new ZoneVersions(() => world.plans);
  const keepalive = Math.min(Math.floor(settings.tcpIdleMilliseconds / 100), 0xffff);
  const world: World = {
    zones: options.zones,
    plans,
    asker: new QueryAsker(options.statuses ?? new Uint8Array(0), () => world.places, options.trace),
    places: undefined,
    outside: options.outside,
    enclosers: new Enclosers(),
    versions,
    zoneQueries: new ZoneQueries(options.zoneQueries, versions),
    signed,
    settings,
    listeners: new ListenerSets(settings.listenerSets),
    desk: options.desk,
    cookies: settings.cookieSecrets.length === 0 ? undefined : new ServerCookies(settings.cookieSecrets),
    serverId: Uint8Array.from(settings.serverId, (character) => character.charCodeAt(0)),
    rateLimit: rateLimitOf(options),
    keepalive: Uint8Array.of(keepalive >> 8, keepalive & 255),
    counters: options.counters,
    scratch: new Uint8Array(MESSAGE_OCTETS_MAX),
  };
  return world;
}

function rateLimitOf({ settings, rateTable }: WorldOptions): RateLimit | undefined {
  if (settings.rateLimit === undefined) return undefined;
  if (rateTable === undefined) throw new Error('a rate limit needs its table');
  return new RateLimit(settings.rateLimit, rateTable);
}
