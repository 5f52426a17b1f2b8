import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { normaliseName } from '../../core/dns/name-key.ts';
import { tsigAlgorithm, tsigKey, TSIG_ALGORITHMS, type TsigKey } from '../tsig/tsig-key.ts';
import { parseNetwork, type Network } from './network.ts';
import type { Access, OutRule, Peer, SecondaryRule, TransferSettings } from './transfer-settings.ts';

/**
 * The file that says which zones go where (docs/transfers.md shows it). It is read whole and strictly: an unknown member is a
 * mistake, and each message says where it is, such as `out[0].allow[1].network`.
 */
export class TransferFileError extends Error {
  constructor(where: string, what: string) {
    super(where === '' ? what : `${where}: ${what}`);
    this.name = 'TransferFileError';
  }
}

/** A file of a hundred thousand secondary zones has about this size. */
const FILE_OCTETS_MAX = 32 * 2 ** 20;
/** Keys are looked up by name for each signed message, so this is only to bound what a mistake can cost. */
const KEYS_MAX = 10_000;
/** Each holds a timer and a few hundred octets. */
export const SECONDARIES_MAX = 100_000;
/** RFC 1034 leaves it open; every one is asked in turn when the others fail. */
const PEERS_MAX = 16;
/** Shorter secrets can be guessed (RFC 8945 §8: at least as long as the MAC is better; this is the least that is taken). */
const SECRET_OCTETS_MIN = 10;
const PORT = 53;

/** Throws `TransferFileError`. */
export function readTransferFile(path: string): TransferSettings {
  const text = readText('', path, FILE_OCTETS_MAX);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TransferFileError('', `${path} is not JSON: ${(error as Error).message}`);
  }
  return new FileReader(path).settings(value);
}

type Members = Readonly<Record<string, unknown>>;

class FileReader {
  readonly #path: string;
  readonly #keys = new Map<string, TsigKey>();

  constructor(path: string) {
    this.#path = path;
  }

  settings(value: unknown): TransferSettings {
    const file = members('the file', value, ['keys', 'out', 'in']);
    const keys = Object.entries(members('keys', file.keys ?? {}));
    if (keys.length > KEYS_MAX) throw new TransferFileError('keys', `more than ${KEYS_MAX}`);
    for (const [name, key] of keys) this.#readKey(`keys["${name}"]`, name, key);
    const out = list('out', file.out ?? []).map((rule, at) => this.#outRule(`out[${at}]`, rule));
    const secondaries = list('in', file.in ?? []).flatMap((rule, at) => this.#secondaries(`in[${at}]`, rule));
    if (secondaries.length > SECONDARIES_MAX) throw new TransferFileError('in', `more than ${SECONDARIES_MAX} zones`);
    const seen = new Set<string>();
    for (const { zone } of secondaries) {
      if (seen.has(zone)) throw new TransferFileError('in', `${zone} occurs twice`);
      seen.add(zone);
    }
    return { keys: [...this.#keys.values()], out, in: secondaries };
  }

  #readKey(where: string, name: string, value: unknown): void {
    const key = members(where, value, ['algorithm', 'secret', 'secretFile']);
    const algorithm = tsigAlgorithm(text(`${where}.algorithm`, key.algorithm ?? 'hmac-sha256'));
    if (algorithm === undefined) {
      throw new TransferFileError(
        `${where}.algorithm`,
        `is one of ${TSIG_ALGORITHMS.join(', ')}, or for truncated MACs such as hmac-sha256-128 with its bits`,
      );
    }
    if ((key.secret === undefined) === (key.secretFile === undefined)) {
      throw new TransferFileError(where, 'has exactly one of secret and secretFile');
    }
    const secret =
      key.secret === undefined
        ? this.#secretOf(
            `${where}.secretFile`,
            resolve(dirname(this.#path), text(`${where}.secretFile`, key.secretFile)),
          )
        : this.#inlineSecret(`${where}.secret`, key.secret);
    const normalised = zoneName(where, name);
    if (this.#keys.has(normalised)) throw new TransferFileError(where, 'occurs twice, in another spelling');
    this.#keys.set(normalised, tsigKey(name, algorithm, secret));
  }

  #inlineSecret(where: string, value: unknown): Uint8Array {
    refuseOpen(where, this.#path);
    return secretOctets(where, text(where, value));
  }

  #secretOf(where: string, path: string): Uint8Array {
    const content = readText(where, path, 4096);
    refuseOpen(where, path);
    return secretOctets(where, content.trim());
  }

  #outRule(where: string, value: unknown): OutRule {
    const rule = members(where, value, ['zones', 'allow', 'notify']);
    return {
      zones: zoneNames(`${where}.zones`, rule.zones),
      allow: list(`${where}.allow`, rule.allow ?? []).map((each, at) => this.#access(`${where}.allow[${at}]`, each)),
      notify: this.#peers(`${where}.notify`, rule.notify ?? []),
    };
  }

  #secondaries(where: string, value: unknown): SecondaryRule[] {
    const rule = members(where, value, ['zones', 'primaries', 'allowNotify']);
    const zones = zoneNames(`${where}.zones`, rule.zones);
    if (zones === 'all') throw new TransferFileError(`${where}.zones`, 'is a list of names here, not "*"');
    const primaries = this.#peers(`${where}.primaries`, rule.primaries);
    if (primaries.length === 0) throw new TransferFileError(`${where}.primaries`, 'has at least one address');
    const more = list(`${where}.allowNotify`, rule.allowNotify ?? []);
    const allowNotify = [
      ...primaries.map(({ host, key }) => ({ network: parseNetwork(host) as Network, ...(key && { key }) })),
      ...more.map((each, at) => this.#access(`${where}.allowNotify[${at}]`, each)),
    ];
    return [...zones].map((zone) => ({ zone, primaries, allowNotify }));
  }

  #access(where: string, value: unknown): Access {
    const access = members(where, value, ['network', 'key']);
    if (access.network === undefined && access.key === undefined) {
      throw new TransferFileError(where, 'has a network, a key, or both');
    }
    const key = this.#keyNamed(`${where}.key`, access.key);
    if (access.network === undefined) return { ...(key && { key }) };
    const network = parseNetwork(text(`${where}.network`, access.network));
    if (network === undefined) {
      throw new TransferFileError(
        `${where}.network`,
        `'${access.network as string}' is not a network like 192.0.2.0/24 or 2001:db8::/32`,
      );
    }
    return { network, ...(key && { key }) };
  }

  #peers(where: string, value: unknown): Peer[] {
    const peers = list(where, value).map((each, at) => this.#peer(`${where}[${at}]`, each));
    if (peers.length > PEERS_MAX) throw new TransferFileError(where, `more than ${PEERS_MAX} addresses`);
    return peers;
  }

  #peer(where: string, value: unknown): Peer {
    const peer = members(where, value, ['address', 'key', 'source']);
    const address = endpoint(`${where}.address`, text(`${where}.address`, peer.address));
    const key = this.#keyNamed(`${where}.key`, peer.key);
    if (peer.source === undefined) return { ...address, ...(key && { key }) };
    const source = text(`${where}.source`, peer.source);
    if (isIP(source) !== isIP(address.host)) {
      throw new TransferFileError(
        `${where}.source`,
        `'${source}' is not an IP address of the same family as the address`,
      );
    }
    return { ...address, source, ...(key && { key }) };
  }

  #keyNamed(where: string, value: unknown): TsigKey | undefined {
    if (value === undefined) return undefined;
    const key = this.#keys.get(zoneName(where, text(where, value)));
    if (key === undefined) throw new TransferFileError(where, `there is no key '${value as string}' under keys`);
    return key;
  }
}

/** Secrets that others on this machine can read are none. */
function refuseOpen(where: string, path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new TransferFileError(
    where,
    `${path} holds a secret and others may read it (mode ${mode.toString(8)}): chmod 600`,
  );
}

function readText(where: string, path: string, octetsMax: number): string {
  try {
    if (statSync(path).size > octetsMax)
      throw new TransferFileError(where, `${path} is longer than ${octetsMax} octets`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof TransferFileError) throw error;
    throw new TransferFileError(
      where,
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

function secretOctets(where: string, value: string): Uint8Array {
  const octets = Buffer.from(value, 'base64');
  // Node reads what it can and leaves the rest; a secret that is not what was meant must not be used.
  if (octets.toString('base64').replace(/=*$/, '') !== value.replace(/=*$/, '')) {
    throw new TransferFileError(where, 'is not base64');
  }
  if (octets.length < SECRET_OCTETS_MIN) {
    throw new TransferFileError(where, `has ${octets.length} octets, and at least ${SECRET_OCTETS_MIN} are needed`);
  }
  return octets;
}

function zoneNames(where: string, value: unknown): 'all' | ReadonlySet<string> {
  if (value === '*') return 'all';
  const names = list(where, value);
  if (names.length === 0) throw new TransferFileError(where, 'has at least one name');
  return new Set(names.map((name, at) => zoneName(`${where}[${at}]`, text(`${where}[${at}]`, name))));
}

function zoneName(where: string, name: string): string {
  try {
    return normaliseName(name);
  } catch {
    throw new TransferFileError(where, `'${name}' is not a domain name`);
  }
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`. */
function endpoint(where: string, value: string): { host: string; port: number } {
  if (isIP(value) !== 0) return { host: value, port: PORT };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (isIP(host) === 0 || !(port >= 1 && port <= 65_535)) {
    throw new TransferFileError(
      where,
      `'${value}' is not an address like 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353`,
    );
  }
  return { host, port };
}

function text(where: string, value: unknown): string {
  if (typeof value !== 'string') throw new TransferFileError(where, value === undefined ? 'is missing' : 'is not text');
  return value;
}

function list(where: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TransferFileError(where, value === undefined ? 'is missing' : 'is not a list');
  return value;
}

/** An object's members; when names are given, there may be no others. */
function members(where: string, value: unknown, names?: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TransferFileError(where, 'is not an object');
  const unknown = names === undefined ? undefined : Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TransferFileError(where, `there is no '${unknown}' here, only ${(names ?? []).join(', ')}`);
  }
  return value as Members;
}
