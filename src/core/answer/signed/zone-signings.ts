import { SIGNED_TTL_SECONDS_MAX } from '../../dnssec/periods.ts';
import type { SignedAhead, ZoneSigning } from '../../dnssec/zone-signing.ts';
import { keyToName } from '../../dns/name-key.ts';
import type { Name } from '../../dns/name.ts';
import { TYPE, typeCode } from '../../dns/record-type.ts';
import type { FoundZone } from '../../zone/find-zone.ts';
import type { ZoneData } from '../../zone/zone-data.ts';
import type { ZoneVersions } from '../zone-versions.ts';

/** A signed zone, ready to sign. */
export interface SignedZone {
  readonly signing: ZoneSigning;
  readonly apex: Name;
  /** Types of the RRsets at the apex that are signed ahead. */
  readonly aheadTypes: readonly number[];
}

/** Zones whose signing is kept ready at once; each is some kilobytes of keys and signatures. */
const ZONES_MAX = 1024;

/** Signatures are made ahead for weeks, and made anew without a word: the zone's answers are the same. */
const KEPT_MILLISECONDS = 3_600_000;

interface Known {
  readonly version: number;
  readonly readAt: number;
  readonly zone: SignedZone | undefined;
}

/** Which zones are signed and how: read once for each version of a zone and hour, for what it takes to read a row of some kilobytes. */
export class ZoneSignings {
  readonly #known = new Map<string, Known>();

  of(
    zones: ZoneData,
    { id, zoneId, apex }: FoundZone,
    versions: ZoneVersions,
    nowMilliseconds: number,
  ): SignedZone | undefined {
    const version = versions.all[versions.place(id)] as number;
    const known = this.#known.get(zoneId);
    if (known?.version === version && isFresh(known, nowMilliseconds)) return known.zone;
    if (this.#known.size === ZONES_MAX) this.#known.clear();
    const signing = zones.signing(zoneId);
    const zone = signing && { signing, apex: keyToName(apex), aheadTypes: signing.signedAhead.map(typeOf) };
    this.#known.set(zoneId, { version, readAt: nowMilliseconds, zone });
    return zone;
  }
}

/** A signed zone as its records are answered: to everybody with a TTL that signatures may have. */
export function asSigned(zone: FoundZone): FoundZone {
  return { ...zone, ttlSecondsMax: SIGNED_TTL_SECONDS_MAX };
}

/** Also when the clock was set back meanwhile: then nobody knows how old it is. */
function isFresh({ readAt }: Known, nowMilliseconds: number): boolean {
  return nowMilliseconds >= readAt && nowMilliseconds - readAt < KEPT_MILLISECONDS;
}

/** The RRset of the apex that was signed ahead, if the type is one of those. */
export function signedAheadOf({ signing }: SignedZone, type: number): SignedAhead | undefined {
  return signing.signedAhead.find((each) => typeOf(each) === type);
}

function typeOf({ type }: SignedAhead): number {
  return typeCode(type) ?? TYPE.DNSKEY;
}
