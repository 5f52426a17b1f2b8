import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Message, ResourceRecord } from '../../src/core/dns/message.ts';
import { compareCanonical, isSubdomain, namesEqual, parentOf, printName, type Name } from '../../src/core/dns/name.ts';
import { rdataType } from '../../src/core/dns/rdata-types.ts';
import type { Dnskey } from '../../src/core/dns/rdata/dnskey.ts';
import type { Nsec } from '../../src/core/dns/rdata/nsec.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { CLASS, TYPE, typeName } from '../../src/core/dns/record-type.ts';
import { WireWriter } from '../../src/core/dns/wire-writer.ts';

/**
 * A validator for the answers of one zone, written against RFCs 4034, 4035, 6840 and 9824 and not against the code that signs: it
 * shares with that only how messages are read. It holds more than resolvers do: all that is in an answer must be proven, and nothing
 * that is in it may be superfluous.
 */
export interface Trust {
  readonly apex: Name;
  readonly keys: readonly Dnskey[];
  readonly nowSeconds: number;
}

/** What the answer proves of the question, once each signature in it holds. */
export type Proof = 'answer' | 'nodata' | 'no such name' | 'secure referral' | 'insecure referral' | 'chain leaves';

interface Rrset {
  readonly name: Name;
  readonly type: number;
  readonly records: readonly ResourceRecord[];
}

/** Throws with what is wrong. `qname` and `qtype` are what was asked, whatever the message says. */
export function validateAnswer(message: Message, qname: Name, qtype: number, trust: Trust): Proof {
  const { apex } = trust;
  if (message.flags.authenticData) throw new Error('AD is set');
  const answers = setsOf(message.answers);
  const authorities = setsOf(message.authorities);
  const referralAt = authorities.find((set) => set.type === TYPE.NS && !namesEqual(set.name, apex));
  for (const set of [...answers, ...authorities]) {
    if (set === referralAt) noSignature(message.authorities, set);
    else checkSignatures(set, signaturesFor(message, answers.includes(set), set), trust);
  }
  checkNoStraySignatures(message, answers, authorities, qtype);
  if (qtype === TYPE.RRSIG) return 'answer';
  let name = qname;
  const used = new Set<Rrset>();
  let proof: Proof | undefined;
  while (proof === undefined) {
    const found = answers.filter((set) => namesEqual(set.name, name) && (set.type === qtype || qtype === TYPE.ANY));
    const cname = answers.find((set) => namesEqual(set.name, name) && set.type === TYPE.CNAME);
    if (found.length > 0) proof = 'answer';
    else if (cname === undefined) break;
    else if (used.has(cname)) proof = 'chain leaves';
    else name = cname.records[0]?.value as Name;
    for (const set of [...found, ...(cname === undefined ? [] : [cname])]) used.add(set);
  }
  const left = answers.filter((set) => !used.has(set));
  if (left.length > 0) throw new Error(`the answer section has ${left.map(nameOf).join(', ')}, which nobody asked for`);
  if (proof === undefined && authorities.length === 0 && used.size > 0) proof = 'chain leaves';
  if (proof === undefined) {
    return referralAt === undefined
      ? checkDenial(authorities, name, qtype, apex)
      : checkReferral(referralAt, authorities, name, trust);
  }
  if (authorities.length > 0) throw new Error('something stands in the authority section beside an answer');
  return proof;
}

function checkReferral(ns: Rrset, authorities: readonly Rrset[], name: Name, { apex }: Trust): Proof {
  if (!isSubdomain(name, ns.name) || !isSubdomain(ns.name, apex)) throw new Error(`a referral to ${nameOf(ns)}`);
  const [, other, ...more] = [ns, ...authorities.filter((set) => set !== ns)];
  if (other === undefined || more.length > 0) throw new Error('a referral has one DS or one NSEC');
  if (!namesEqual(other.name, ns.name)) throw new Error(`${nameOf(other)} says nothing of ${nameOf(ns)}`);
  if (other.type === TYPE.DS) return 'secure referral';
  const types = typesOf(other);
  for (const [type, there] of [
    [TYPE.NS, true],
    [TYPE.DS, false],
    [TYPE.SOA, false],
  ] as const) {
    if (types.includes(type) !== there) throw new Error(`the NSEC of a cut is wrong about ${typeName(type)}`);
  }
  return 'insecure referral';
}

function checkDenial(authorities: readonly Rrset[], name: Name, qtype: number, apex: Name): Proof {
  const soa = authorities.find((set) => set.type === TYPE.SOA);
  const denial = authorities.find((set) => set.type === TYPE.NSEC);
  if (soa === undefined || !namesEqual(soa.name, apex)) throw new Error('a denial without the SOA');
  if (denial === undefined) throw new Error('a denial without an NSEC');
  if (authorities.length > 2) throw new Error('a denial with more than SOA and NSEC');
  if (!namesEqual(denial.name, name)) throw new Error(`${nameOf(denial)} says nothing of ${printName(name)}`);
  const types = typesOf(denial);
  if (types.includes(TYPE.NXNAME)) {
    if (types.length > 3) throw new Error(`a name that does not exist has ${types.map(typeName).join(' ')}`);
    return 'no such name';
  }
  for (const type of [qtype, TYPE.CNAME]) {
    if (types.includes(type)) throw new Error(`the NSEC denies ${typeName(qtype)} and has ${typeName(type)}`);
  }
  // RFC 6840 §4.1: what the parent's side of a cut says counts for DS alone.
  if (types.includes(TYPE.NS) && !types.includes(TYPE.SOA) && qtype !== TYPE.DS) {
    throw new Error('the NSEC is of the parent side of a cut');
  }
  return 'nodata';
}

function typesOf(set: Rrset): readonly number[] {
  if (set.type !== TYPE.NSEC || set.records.length !== 1) throw new Error(`${nameOf(set)} is not one NSEC`);
  const { next, types } = (set.records[0] as ResourceRecord).value as Nsec;
  if (compareCanonical(next, set.name) <= 0) throw new Error('the next name is not behind the NSEC');
  for (const type of [TYPE.RRSIG, TYPE.NSEC]) {
    if (!types.includes(type)) throw new Error(`an NSEC without ${typeName(type)}`);
  }
  return types;
}

function setsOf(records: readonly ResourceRecord[]): Rrset[] {
  const sets: (Rrset & { records: ResourceRecord[] })[] = [];
  for (const record of records) {
    if (record.type === TYPE.RRSIG) continue;
    const set = sets.find((each) => each.type === record.type && namesEqual(each.name, record.name));
    if (set === undefined) sets.push({ name: record.name, type: record.type, records: [record] });
    else set.records.push(record);
  }
  return sets;
}

function nameOf({ name, type }: Rrset): string {
  return `${printName(name)} ${typeName(type)}`;
}

function signaturesFor(message: Message, inAnswer: boolean, set: Rrset): ResourceRecord[] {
  return (inAnswer ? message.answers : message.authorities).filter(
    (record) => record.type === TYPE.RRSIG && covers(record, set),
  );
}

function covers(signature: ResourceRecord, set: Rrset): boolean {
  return namesEqual(signature.name, set.name) && (signature.value as Rrsig).typeCovered === set.type;
}

function noSignature(records: readonly ResourceRecord[], set: Rrset): void {
  if (records.some((record) => record.type === TYPE.RRSIG && covers(record, set))) {
    throw new Error(`${nameOf(set)} is not ours to sign`);
  }
}

/** Signatures are in the section of what they cover, and none is in the additional section (nothing there is signed here). */
function checkNoStraySignatures(message: Message, answers: Rrset[], authorities: Rrset[], qtype: number): void {
  for (const [records, sets] of [
    [message.answers, answers],
    [message.authorities, authorities],
    [message.additionals, []],
  ] as const) {
    for (const record of records) {
      if (record.type !== TYPE.RRSIG || qtype === TYPE.RRSIG) continue;
      if (!sets.some((set) => covers(record, set)))
        throw new Error(`a signature of nothing: ${printName(record.name)}`);
    }
  }
}

function checkSignatures(set: Rrset, signatures: readonly ResourceRecord[], trust: Trust): void {
  if (signatures.length === 0) throw new Error(`${nameOf(set)} has no signature`);
  for (const record of signatures) {
    const problem = problemWith(set, record, trust);
    if (problem !== undefined) throw new Error(`the signature of ${nameOf(set)}: ${problem}`);
  }
}

/** RFC 4035 §5.3.1, and that the signature is right. */
function problemWith(set: Rrset, record: ResourceRecord, { apex, keys, nowSeconds }: Trust): string | undefined {
  const rrsig = record.value as Rrsig;
  if (record.class !== CLASS.IN) return 'another class';
  if (!namesEqual(rrsig.signer, apex)) return `signed by ${printName(rrsig.signer)}`;
  if (!isSubdomain(set.name, apex)) return 'out of the zone';
  const labels = labelsOf(set.name);
  if (rrsig.labels !== (isWildcard(set.name) ? labels - 1 : labels)) return `${rrsig.labels} labels of ${labels}`;
  if (rrsig.inception > nowSeconds || rrsig.expiration < nowSeconds) return 'not of this time';
  if (rrsig.expiration - rrsig.inception > 40 * 86_400) return 'it counts for longer than anybody wants';
  if (record.ttlSeconds !== Math.min(...set.records.map(({ ttlSeconds }) => ttlSeconds))) return 'another TTL';
  if (record.ttlSeconds > rrsig.originalTtlSeconds) return 'a TTL above the original';
  const key = keys.find((each) => each.algorithm === rrsig.algorithm && tagOf(each) === rrsig.keyTag);
  if (key === undefined) return `no key with tag ${rrsig.keyTag}`;
  return verifies(key, signedOctets(set, rrsig), rrsig.signature) ? undefined : 'it does not verify';
}

function labelsOf(name: Name): number {
  let labels = 0;
  for (let rest = name; rest[0] !== 0; rest = parentOf(rest)) labels += 1;
  return labels;
}

function isWildcard(name: Name): boolean {
  return name[0] === 1 && name[1] === 0x2a;
}

/** RFC 4034 §3.1.8.1. */
function signedOctets(set: Rrset, rrsig: Rrsig): Uint8Array {
  const rdata = [...new Set(set.records.map((record) => lowerNames(record).toString('hex')))].sort();
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(set.type, 0);
  fixed.writeUInt16BE(CLASS.IN, 2);
  fixed.writeUInt32BE(rrsig.originalTtlSeconds, 4);
  const owner = lower(set.name);
  const parts = [wireOf(TYPE.RRSIG, { ...rrsig, signer: lower(rrsig.signer), signature: new Uint8Array(0) })];
  for (const hex of rdata) {
    const octets = Buffer.from(hex, 'hex');
    fixed.writeUInt16BE(octets.length, 8);
    parts.push(owner, Buffer.from(fixed), octets);
  }
  return Buffer.concat(parts);
}

/** RFC 4034 §6.2, for the types that zones here have. */
function lowerNames({ type, value }: ResourceRecord): Buffer {
  const lowered = (members: readonly string[]): unknown => ({
    ...(value as object),
    ...Object.fromEntries(members.map((member) => [member, lower((value as Record<string, Name>)[member] as Name)])),
  });
  switch (type) {
    case TYPE.NS:
    case TYPE.CNAME:
    case TYPE.PTR:
      return wireOf(type, lower(value as Name));
    case TYPE.SOA:
      return wireOf(type, lowered(['mname', 'rname']));
    case TYPE.MX:
      return wireOf(type, lowered(['exchange']));
    case TYPE.SRV:
      return wireOf(type, lowered(['target']));
    case TYPE.NAPTR:
      return wireOf(type, lowered(['replacement']));
    default:
      return wireOf(type, value);
  }
}

function lower(name: Name): Buffer {
  return Buffer.from(name.map((octet) => (octet > 0x40 && octet < 0x5b ? octet + 0x20 : octet)));
}

function wireOf(type: number, value: unknown): Buffer {
  const out = new WireWriter(new Uint8Array(0x10000));
  out.remembering = false;
  rdataType(type).write(value, out);
  return Buffer.from(out.bytes.slice(0, out.position));
}

function tagOf(key: Dnskey): number {
  const rdata = wireOf(TYPE.DNSKEY, key);
  let sum = 0;
  for (const [at, octet] of rdata.entries()) sum += at % 2 === 0 ? octet * 256 : octet;
  return (sum + Math.floor(sum / 65_536)) % 65_536;
}

const verified = new Map<string, boolean>();

function verifies(key: Dnskey, octets: Uint8Array, signature: Uint8Array): boolean {
  const { algorithm, publicKey } = key;
  const memo = createHash('sha256').update(publicKey).update(octets).update(signature).digest('base64');
  const known = verified.get(memo);
  if (known !== undefined) return known;
  const part = (from: number): string => Buffer.from(publicKey.subarray(from, from + 32)).toString('base64url');
  const jwk =
    algorithm === 13
      ? { kty: 'EC', crv: 'P-256', x: part(0), y: part(32) }
      : { kty: 'OKP', crv: 'Ed25519', x: part(0) };
  const holds = verify(
    algorithm === 13 ? 'sha256' : null,
    octets,
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    signature,
  );
  verified.set(memo, holds);
  return holds;
}
