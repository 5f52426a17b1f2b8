import { typeName } from '../../src/core/dns/record-type.ts';
import type { Question, Reply } from './ask.ts';

const PARTS = ['rcode', 'aa', 'tc', 'flags', 'question', 'edns', 'answer', 'authority', 'additional'] as const;
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
    reason:
      'They are optional (RFC 1034 §4.3.2 step 6); a plan holds only sets that stand in the zone, looked up by their own name.',
    part: 'additional',
    covers: (ours, theirs) => {
      const missing = theirs.additional.filter((line) => !ours.additional.includes(line));
      return (
        missing.every((line) => /^\S+\.wild\.tricky\.test\. /.test(line)) &&
        isWithin(ours.additional, theirs.additional)
      );
    },
  },
  {
    name: 'a truncated answer is empty',
    reason: 'With TC set the sections are to be ignored (RFC 2181 §9); the resolver asks again by TCP.',
    part: 'answer',
    covers: (ours, theirs) => ours.tc && theirs.tc && ours.answer.length === 0,
  },
  {
    name: 'a longer chain',
    reason: 'RFC 1034 §3.6.2 asks only that loops end. Knot follows five aliases, NSD seven, we twelve.',
    part: 'answer',
    covers: (ours, theirs) => theirs.answer.length >= 5 && isWithin(theirs.answer, ours.answer),
  },
];

function isWithin(lines: readonly string[], others: readonly string[]): boolean {
  return lines.every((line) => others.includes(line));
}

export interface Comparison {
  /** In what ours differs from the reference server it resembles most, as lines to print. None when some server says the same. */
  readonly different: readonly string[];
  /** Names of the allowed differences from that server. */
  readonly allowed: readonly string[];
}

/** Where the reference servers disagree, to say what one of them says is enough; but all of it has to be the same server's. */
export function compareReplies(question: Question, ours: Reply, theirs: ReadonlyMap<string, Reply>): Comparison {
  const comparisons = [...theirs].map(([server, reply]) =>
    compareWith(`${question.name} ${typeName(question.type)} ${server}`, ours, reply),
  );
  comparisons.sort(
    (one, other) => one.different.length - other.different.length || one.allowed.length - other.allowed.length,
  );
  return comparisons[0] ?? { different: [], allowed: [] };
}

function compareWith(asked: string, ours: Reply, theirs: Reply): Comparison {
  const [different, allowed]: [string[], string[]] = [[], []];
  for (const part of PARTS) {
    const [mine, other] = [JSON.stringify(ours[part]), JSON.stringify(theirs[part])];
    if (mine === other) continue;
    const excuse = ALLOWED.find((each) => each.part === part && each.covers(ours, theirs));
    if (excuse === undefined) different.push(`${asked} ${part}: ${mine} but ${other}`);
    else allowed.push(excuse.name);
  }
  return { different, allowed };
}
