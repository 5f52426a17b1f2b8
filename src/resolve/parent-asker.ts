import { getServers } from 'node:dns';
import type { ParentAnswer, ParentTold } from '../core/control/dnssec/parent-told.ts';
import type { Message, ResourceRecord } from '../core/dns/message.ts';
import { isSubdomain, namesEqual, parseName, printName, type Name } from '../core/dns/name.ts';
import { printRdata } from '../core/dns/rdata-types.ts';
import type { Rrsig } from '../core/dns/rdata/rrsig.ts';
import { CLASS, RCODE, rcodeName, TYPE } from '../core/dns/record-type.ts';
import { askResolver } from './ask-resolver.ts';

/** More would be asked for nothing; the system has three at most. */
const RESOLVERS_MAX = 8;
/** A parent has a few; what has more is no DS set that anybody meant. The command's size is bounded by it. */
const RECORDS_MAX = 100;

/**
 * Asks every resolver, at once, what the parent of a zone says of it: its DS set, which only the parent has, and its NS set, which
 * a resolver may have from the zone's own name servers. Each answer counts: a DS record that one of them sees is there for somebody.
 * They are asked for answers that they have validated, where they validate. Takes five seconds at most, and never throws.
 *
 * `resolvers` are addresses with or without a port; none for the system's.
 */
export async function askParent(resolvers: readonly string[], zoneName: string): Promise<ParentTold> {
  const zone = parseName(zoneName, 'route53');
  const addresses = (resolvers.length > 0 ? resolvers : getServers()).slice(0, RESOLVERS_MAX);
  const told = await Promise.all(addresses.map((address) => askOne(address, zone)));
  const answers = told.filter((each) => typeof each !== 'string');
  if (answers.length > 0) return { answers };
  return { silent: told.filter((each) => typeof each === 'string').join('; ') || 'there are no resolvers' };
}

/** What it tells, or why it tells nothing. */
async function askOne(address: string, zone: Name): Promise<ParentAnswer | string> {
  const ask = (type: number) => askResolver(address, { name: zone, type, class: CLASS.IN });
  const [signers, nameServers] = await Promise.all([ask(TYPE.DS), ask(TYPE.NS)]);
  if ('unanswered' in signers) return `${address}: ${signers.unanswered}`;
  const problem = problemOf(signers, zone);
  if (problem !== undefined) return `${address}: ${problem}`;
  const delegation = 'unanswered' in nameServers ? undefined : valuesOf(nameServers, zone, TYPE.NS);
  return {
    by: address,
    signers: valuesOf(signers, zone, TYPE.DS) ?? [],
    ttlSeconds: Math.max(
      0,
      ...recordsOf(signers, zone, TYPE.DS).map(({ ttlSeconds }) => ttlSeconds),
      ...fullTtls(signers, zone),
    ),
    ...(delegation === undefined ? {} : { nameServers: delegation }),
  };
}

/** Why an answer says nothing about the parent's DS set. */
function problemOf(message: Message, zone: Name): string | undefined {
  const { rcode, answers, authorities } = message;
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return rcodeName(rcode);
  if (!message.flags.recursionAvailable) return 'it is no resolver';
  if (answers.length > RECORDS_MAX) return 'too many records';
  // DS is the one type that is above the cut. Who does not know that, or forwards to the zone's own servers, is told that there is none.
  const own = authorities.some(({ name, type }) => type === TYPE.SOA && isSubdomain(name, zone));
  return own ? "the zone's own name servers answered, and not its parent's" : undefined;
}

/** Undefined when the answer leaves it open. */
function valuesOf(message: Message, zone: Name, type: number): readonly string[] | undefined {
  if (message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN) return undefined;
  return recordsOf(message, zone, type)
    .slice(0, RECORDS_MAX)
    .map(({ value }) => (type === TYPE.NS ? printName(value as Name) : printRdata(type, value, 'zone-file')));
}

function recordsOf({ answers }: Message, zone: Name, type: number): readonly ResourceRecord[] {
  return answers.filter((record) => record.type === type && namesEqual(record.name, zone));
}

/** What the parent's own TTL is, of which a cache shows what is left (RFC 4034 §3.1.4). */
function fullTtls(message: Message, zone: Name): number[] {
  return recordsOf(message, zone, TYPE.RRSIG)
    .map(({ value }) => value as Rrsig)
    .filter(({ typeCovered }) => typeCovered === TYPE.DS)
    .map(({ originalTtlSeconds }) => originalTtlSeconds);
}
