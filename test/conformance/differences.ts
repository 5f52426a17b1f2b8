import { typeName } from '../../src/core/dns/record-type.ts';
import type { Question, Reply } from './ask.ts';

const PARTS = ['rcode', 'aa', 'tc', 'question', 'edns', 'answer', 'authority', 'additional'] as const;
type Part = (typeof PARTS)[number];

/** A way in which we mean to differ from NSD and Knot alike. */
interface Allowed {
  readonly name: string;
  readonly reason: string;
  readonly part: Part;
  readonly covers: (ours: Reply, theirs: Reply) => boolean;
}

const ALLOWED: readonly Allowed[] = [
  {
    name: 'no additional records from a wildcard',
    reason: 'They are optional (RFC 1034 §4.3.2 step 6); a plan holds only sets that stand in the zone, looked up by their own name.',
    part: 'additional',
    covers: (ours, theirs) => {
      const missing = theirs.additional.filter((line) => !ours.additional.includes(line));
      return missing.every((line) => /^\S+\.wild\.tricky\.test\. /.test(line)) && isWithin(ours.additional, theirs.additional);
    },
  },
  {
    name: 'no addresses with HTTPS and SVCB',
    reason: 'A gap: RFC 9460 §4.1 says SHOULD. Resolvers ask for the target themselves.',
    part: 'additional',
    covers: (ours, theirs) => ours.answer.some((line) => / (HTTPS|SVCB) /.test(line)) && isWithin(ours.additional, theirs.additional),
  },
  {
    name: 'a truncated answer is empty',
    reason: 'With TC set the sections are to be ignored (RFC 2181 §9); the resolver asks again by TCP.',
    part: 'answer',
    covers: (ours, theirs) => ours.tc && theirs.tc && ours.answer.length === 0,
  },
];

function isWithin(lines: readonly string[], others: readonly string[]): boolean {
  return lines.every((line) => others.includes(line));
}

export interface Comparison {
  /** What no reference server says of the question, as lines to print; none when for each part some server says the same. */
  readonly different: readonly string[];
  /** Names of the allowed differences that were met. */
  readonly allowed: readonly string[];
}

export function compareReplies(question: Question, ours: Reply, theirs: readonly Reply[]): Comparison {
  const asked = `${question.name} ${typeName(question.type)} edns=${question.udpBytesMax ?? 'no'}`;
  const [different, allowed]: [string[], string[]] = [[], []];
  for (const part of PARTS) {
    if (theirs.some((reply) => text(ours, part) === text(reply, part))) continue;
    const excuse = ALLOWED.find((each) => each.part === part && theirs.some((reply) => each.covers(ours, reply)));
    if (excuse !== undefined) allowed.push(excuse.name);
    else different.push(`${asked} ${part}: ${text(ours, part)} but ${theirs.map((reply) => text(reply, part)).join(' and ')}`);
  }
  return { different, allowed };
}

function text(reply: Reply, part: Part): string {
  return JSON.stringify(reply[part]);
}
