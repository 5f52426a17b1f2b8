import { TYPE } from '../../src/core/dns/record-type.ts';
import { FLAG, type Query } from './query.ts';
import { PEERS, type PeerName } from '../peers/programs.ts';
import type { Reply } from './reply.ts';
import { trickyZones } from './tricky-zone.ts';

export const PARTS = ['rcode', 'aa', 'tc', 'flags', 'question', 'edns', 'answer', 'authority', 'additional'] as const;
export type Part = (typeof PARTS)[number];

/** A way in which we mean to differ, from whom, and why. Everything else is a bug. docs/conformance.md lists them. */
export interface AllowedDifference {
  readonly name: string;
  readonly from: readonly PeerName[];
  readonly reason: string;
  readonly parts: readonly Part[];
  readonly covers: (query: Query, ours: Reply, theirs: Reply) => boolean;
}

export const ALLOWED: readonly AllowedDifference[] = [
  {
    name: 'CD and AD are clear',
    from: ['BIND'],
    reason:
      'RFC 4035 §3.1.6: an authoritative server SHOULD clear CD and MUST NOT set AD for what it has not checked. BIND copies CD from the query, and AD too when it truncates.',
    parts: ['flags'],
    covers: (query, ours, theirs) => {
      const copied = theirs.flags & ~ours.flags;
      return (copied & ~(query.flags & (FLAG.CD | (theirs.tc ? FLAG.AD : 0)))) === 0;
    },
  },
  {
    name: 'CO is answered with CO',
    from: PEERS,
    reason: 'RFC 9824 §5.1: the flag says that compact denial may have the rcode NXDOMAIN. The others do not know it.',
    parts: ['edns'],
    covers: (_query, ours, theirs) => ours.edns.replace(' co', '') === theirs.edns,
  },
  {
    name: 'NXNAME is no type to ask for',
    from: ['NSD', 'Knot'],
    reason:
      'RFC 9824 §3.5: it stands in the bitmap of an NSEC that denies a name, and a query for it is FORMERR. NSD and Knot take it for any other type.',
    parts: ['rcode', 'aa', 'tc', 'answer', 'authority', 'additional'],
    covers: (query, ours) => query.type === TYPE.NXNAME && ours.rcode === 'FORMERR' && isEmpty(ours),
  },
  {
    name: 'all glue or TC',
    from: PEERS,
    reason:
      'RFC 9471 §3: a referral has all glue for servers below the cut, or TC. The others, whose releases are as old as that RFC or older, leave out what does not fit and say nothing.',
    parts: ['tc', 'authority', 'additional'],
    covers: (_query, ours, theirs) => ours.tc && !theirs.tc && isReferral(theirs) && isEmpty(ours),
  },
  {
    name: 'a truncated answer is empty',
    from: PEERS,
    reason: 'RFC 2181 §9: with TC set the sections are ignored and the resolver asks again by TCP, so we send none.',
    parts: ['answer', 'authority', 'additional'],
    covers: (_query, ours, theirs) => ours.tc && theirs.tc && isEmpty(ours),
  },
  {
    name: 'addresses that only help come all or not at all',
    from: PEERS,
    reason: 'RFC 2181 §9: what is additional and does not fit is left out without TC. The others send a part of it.',
    parts: ['additional'],
    covers: (query, ours, theirs) =>
      query.transport === 'udp' && ours.additional.length === 0 && sameBut('additional', ours, theirs),
  },
  {
    name: 'a full datagram is sent',
    from: ['BIND'],
    reason:
      'An answer that fits what the client takes needs no TC. BIND truncates some that NSD, Knot and we send whole.',
    parts: ['tc', 'answer', 'authority', 'additional'],
    covers: (query, ours, theirs) => theirs.tc && !ours.tc && query.transport === 'udp' && isEmpty(theirs),
  },
  {
    name: "which records only help is each server's choice",
    from: PEERS,
    reason:
      'RFC 1034 §4.3.2 step 6 ("may be useful"), RFC 9471 §2.2 (servers beside the cut). Ours are the sets that stand in the zone under the names of NS, MX, SRV, HTTPS and SVCB. Knot and BIND take some from wildcards, BIND some from CNAMEs and no glue, NSD none with a positive answer.',
    parts: ['additional'],
    covers: (_query, ours, theirs) =>
      ours.rcode === 'NOERROR' && [...ours.additional, ...theirs.additional].every(isHelp) && hasGlueOf(theirs, ours),
  },
  {
    name: 'a chain ends where another zone begins',
    from: ['NSD', 'Knot'],
    reason:
      "RFC 1034 §4.3.2 step 3a would go on in any zone that is here. But anyone may have a zone of any name here, so what it says is not this zone's to tell, and resolvers believe only what the zone they asked is authoritative for (RFC 2181 §5.4.1). BIND ends it, too. NSD goes on; Knot answers from the enclosing zone's side of the cut.",
    parts: ['rcode', 'answer', 'authority', 'additional'],
    covers: (query, ours, theirs) =>
      leavesZone(query, ours) && ours.rcode === 'NOERROR' && isWithin(ours.answer, theirs.answer),
  },
  {
    name: 'a loop of CNAMEs is shown',
    from: ['BIND'],
    reason:
      'RFC 1034 §3.6.2: loops are to be caught. We and NSD and Knot answer with the records that show it, BIND with SERVFAIL.',
    parts: ['rcode', 'aa', 'answer'],
    covers: (_query, ours, theirs) => theirs.rcode === 'SERVFAIL' && isLoop(ours.answer),
  },
  {
    name: 'a longer chain',
    from: ['Knot'],
    reason: 'RFC 1034 §3.6.2 asks only that loops end. Knot follows five CNAMEs, we twelve, NSD and BIND some more.',
    parts: ['answer', 'authority', 'additional', 'rcode'],
    covers: (_query, ours, theirs) =>
      theirs.answer.length >= 5 && isWithin(theirs.answer, ours.answer) && isChain(theirs.answer),
  },
  {
    name: 'RRSIG, NSEC and KEY lead along a CNAME',
    from: ['Knot', 'BIND'],
    reason:
      'They may stand beside a CNAME in a signed zone (RFC 2181 §10.1, RFC 4034 §3 and §4), so Knot and BIND never follow one for them. In an unsigned zone they do not stand there, and RFC 1034 §4.3.2 step 3a holds.',
    parts: ['rcode', 'answer', 'authority', 'additional'],
    covers: (query, ours, theirs) =>
      [TYPE.RRSIG, TYPE.NSEC, 25].includes(query.type) && isChainStart(ours) && theirs.answer.length === 0,
  },
  {
    name: 'what a zone does not have does not exist',
    from: ['NSD'],
    reason:
      'RFC 1034 §4.3.2 step 2: the nearest zone answers, from its own data. NSD keeps the names of all zones in one tree: a name that only the parent has exists for it in the child, and the apex of a zone in a parent that does not delegate it.',
    parts: ['rcode'],
    covers: (query, ours, theirs) =>
      /(^|\.)(stale\.child|undelegated)\.tricky\.test\.$/i.test(query.name) &&
      ours.rcode === 'NXDOMAIN' &&
      theirs.rcode === 'NOERROR',
  },
  {
    name: 'DS of its own apex ends a chain',
    from: ['NSD'],
    reason: 'As with every chain, we say what the zone says that was asked; NSD goes on into the parent.',
    parts: ['answer', 'authority'],
    covers: (query, ours) => query.type === TYPE.DS && /^own\.child\./i.test(query.name) && isChain(ours.answer),
  },
  {
    name: 'ANY is answered with any of the sets',
    from: PEERS,
    reason: 'RFC 8482 §4.1: one RRset of the name is enough. Each server chooses another; BIND gives all by TCP.',
    parts: ['answer', 'additional'],
    covers: (query, ours, theirs) =>
      query.type === TYPE.ANY && theirs.answer.length > 0 && new Set(ours.answer.map(typeOf)).size === 1,
  },
];

function isEmpty({ answer, authority, additional }: Reply): boolean {
  return answer.length + authority.length + additional.length === 0;
}

function isReferral({ aa, answer, authority }: Reply): boolean {
  return (!aa || isChain(answer)) && authority.length > 0 && authority.every((line) => typeOf(line) === 'NS');
}

function isChain(lines: readonly string[]): boolean {
  return lines.every((line) => typeOf(line) === 'CNAME');
}

function isChainStart({ answer }: Reply): boolean {
  return answer.some((line) => typeOf(line) === 'CNAME');
}

/** Each target is an owner, too. */
function isLoop(lines: readonly string[]): boolean {
  const owners = new Set(lines.map(ownerOf));
  return lines.length > 0 && isChain(lines) && lines.some((line) => owners.has(targetOf(line)));
}

/** A chain whose end is in another zone than its start. */
function leavesZone(query: Query, { answer }: Reply): boolean {
  if (answer.length === 0 || !isChain(answer)) return false;
  const owners = new Set(answer.map(ownerOf));
  const end = answer.map(targetOf).find((target) => !owners.has(target));
  return end !== undefined && zoneOf(end) !== undefined && zoneOf(end) !== zoneOf(query.name.toLowerCase());
}

function zoneOf(name: string): string | undefined {
  const origins = trickyZones.map(({ origin }) => origin).filter((origin) => `.${name}`.endsWith(`.${origin}`));
  return origins.toSorted((one, other) => other.length - one.length)[0];
}

function sameBut(part: Part, ours: Reply, theirs: Reply): boolean {
  return PARTS.every(
    (each) => each === part || each === 'flags' || JSON.stringify(ours[each]) === JSON.stringify(theirs[each]),
  );
}

/** An address, a service binding, or a CNAME on the way to one. */
function isHelp(line: string): boolean {
  return ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'].includes(typeOf(line));
}

/** Whether `ours` has all of their addresses that are below the cut that both refer to. */
function hasGlueOf(theirs: Reply, ours: Reply): boolean {
  const cut = ours.authority.find((line) => typeOf(line) === 'NS');
  if (cut === undefined) return true;
  const glue = theirs.additional.filter((line) => ownerOf(line).endsWith(`.${ownerOf(cut)}`));
  return isWithin(glue, ours.additional);
}

function isWithin(lines: readonly string[], others: readonly string[]): boolean {
  return lines.every((line) => others.includes(line));
}

function ownerOf(line: string): string {
  return line.split(' ')[0] as string;
}

function typeOf(line: string): string {
  return line.split(' ')[2] as string;
}

function targetOf(line: string): string {
  return line.split(' ')[3] as string;
}
