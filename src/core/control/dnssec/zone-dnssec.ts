import type { KeyRollover } from '../../dnssec/key-rollover.ts';
import type { ZoneKeys } from '../../dnssec/zone-keys.ts';
import type { Announced } from './zone-tags.ts';
import type { SigningAlgorithm } from '../../dnssec/zone-signing.ts';

/**
 * How a hosted zone is signed, as its owner sees it; there while it has key-signing keys. What its answers need is a row of
 * `zoneSignings`.
 */
export interface ZoneDnssec {
  /** In the order in which they were made. */
  readonly keySigningKeys: readonly KeySigningKey[];
  /** While it serves signatures. */
  readonly signing?: Signing;
}

export interface KeySigningKey {
  readonly name: string;
  readonly callerReference: string;
  readonly kmsArn: string;
  /** ACTION_NEEDED: it signs, and its KMS key cannot be used at present. */
  readonly status: 'ACTIVE' | 'INACTIVE' | 'ACTION_NEEDED';
  readonly algorithm: SigningAlgorithm;
  /** As a DNSKEY record has it. Base64. */
  readonly publicKey: string;
  readonly keyTag: number;
  /** SHA-256, as a DS record has it: in upper-case hexadecimal. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly trouble?: Trouble;
}

/** Why a key cannot be used, for its owner to act on, and since when. Milliseconds since the epoch. */
export interface Trouble {
  readonly since: number;
  readonly message: string;
}

export interface Signing {
  readonly keys: ZoneKeys;
  /** What CDS and CDNSKEY records say, where there are to be some. */
  readonly cds?: Announced;
  /** What DS records a parent that is one of our own zones is to have, where Waypost writes them. */
  readonly parentDs?: Announced;
  /** How it changes over to another key-signing key by itself, where it is to. */
  readonly rollover?: KeyRollover;
  /** When it began to sign. Milliseconds since the epoch. */
  readonly since: number;
  /** Until when caches may have answers from before, once that was found out. Milliseconds since the epoch. */
  readonly unsignedUntil?: number;
  /** When something is to be done for it next. Milliseconds since the epoch. */
  readonly dueAt: number;
}

/** A zone that has nothing. */
export const NO_DNSSEC: ZoneDnssec = { keySigningKeys: [] };

/** Those that the zone's DNSKEY set has: they sign, or would if they could. */
export function activeKeys({ keySigningKeys }: ZoneDnssec): readonly KeySigningKey[] {
  return keySigningKeys.filter(({ status }) => status !== 'INACTIVE');
}

export function announcedKeys(dnssec: ZoneDnssec, which: Announced): readonly KeySigningKey[] {
  if (which === 'delete') return [];
  const active = activeKeys(dnssec);
  return which === 'active' ? active : active.filter(({ name }) => which.includes(name));
}

export function troubledKeys({ keySigningKeys }: ZoneDnssec): readonly KeySigningKey[] {
  return keySigningKeys.filter(({ status }) => status === 'ACTION_NEEDED');
}

/** With one key in another state. */
export function withKey(dnssec: ZoneDnssec, key: KeySigningKey): ZoneDnssec {
  return { ...dnssec, keySigningKeys: dnssec.keySigningKeys.map((each) => (each.name === key.name ? key : each)) };
}

/** Route 53's limit for a StatusMessage. */
export const STATUS_MESSAGE_MAX = 512;

export interface DnssecStatus {
  readonly serveSignature: 'SIGNING' | 'NOT_SIGNING' | 'ACTION_NEEDED';
  readonly message?: string;
}

export function statusOf(dnssec: ZoneDnssec): DnssecStatus {
  if (dnssec.signing === undefined) return { serveSignature: 'NOT_SIGNING' };
  const names = troubledKeys(dnssec).map(({ name }) => name);
  if (names.length === 0) {
    const message = dnssec.signing.rollover && rolloverMessage(dnssec.signing.rollover)?.slice(0, STATUS_MESSAGE_MAX);
    return { serveSignature: 'SIGNING', ...(message === undefined ? {} : { message }) };
  }
  return {
    serveSignature: 'ACTION_NEEDED',
    message: `The KMS key of ${names.join(' and ')} cannot be used: what is signed ahead is served meanwhile`,
  };
}

/** Undefined when there is nothing to say of it. */
function rolloverMessage(rollover: KeyRollover): string | undefined {
  const why = rollover.why === undefined ? '' : `: ${rollover.why}`;
  switch (rollover.phase) {
    case 'waiting':
      return why === '' ? undefined : `The rollover of the key-signing key is due and does not begin${why}`;
    case 'made':
    case 'published':
      return `Key-signing key ${rollover.next} is to follow ${rollover.old}, and is being published${why}`;
    case 'told':
      return `Key-signing key ${rollover.next} follows ${rollover.old} once the parent has its DS record in the place of the other${why}`;
    case 'retired':
      return `Key-signing key ${rollover.next} has followed ${rollover.old}, which is kept for a while in case that the parent goes back${why}`;
  }
}
