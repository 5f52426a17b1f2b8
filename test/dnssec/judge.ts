import { TYPE, typeName } from '../../src/core/dns/record-type.ts';
import type { Reply } from '../conformance/reply.ts';
import { isWithin } from './hosted-zones.ts';
import type { Judged, Question, Verdict } from './validator.ts';

/** Of names that have a CNAME these are answered by the name itself, by some resolvers or by all. */
const OWN: readonly number[] = [TYPE.CNAME, TYPE.DS, TYPE.DNSKEY, 39];

/**
 * SECURE, unless the name, or one that its CNAMEs lead to, is below a delegation without DS. The DS record itself, or that there is none, is
 * from above.
 */
function expectedVerdicts({ name, type }: Question, reply: Reply | undefined, insecure: readonly string[]): Verdict[] {
  const isInsecure = (each: string): boolean =>
    insecure.some((origin) => isWithin(each, origin) && !(type === TYPE.DS && each === origin));
  if (isInsecure(name)) return ['INSECURE'];
  const targets = (reply?.answer ?? []).flatMap((line) => / CNAME (\S+)$/.exec(line)?.slice(1) ?? []);
  if (!targets.some(isInsecure)) return ['SECURE'];
  return OWN.includes(type) ? ['SECURE', 'INSECURE'] : ['INSECURE'];
}

/** What is wrong with what a validator says; `plain` is what the name server says to those who ask without DO. */
export function faultsOf(question: Question, judged: Judged, plain: Reply, insecure: readonly string[]): string[] {
  const { verdict, reply, why } = judged;
  const expected = expectedVerdicts(question, reply, insecure);
  if (!expected.includes(verdict)) return [`${verdict} ${reply?.rcode ?? ''}, not ${expected.join(' or ')}: ${why}`];
  // Of a referral, or a chain that goes on elsewhere, the server under test does not know the end.
  if (!plain.aa || isUnfinished(plain) || OWN.includes(question.type)) return [];
  const [ours, theirs] = [dataOf(plain), dataOf(reply)];
  if (ours !== theirs) return [`${theirs || 'no data'}, not ${ours || 'no data'}`];
  // Compact denial (RFC 9824) says of what does not exist that it has no data.
  if (plain.rcode === 'NOERROR' && reply?.rcode === 'NXDOMAIN') return ['NXDOMAIN of a name that exists'];
  return [];
}

function isUnfinished({ answer, rcode, authority }: Reply): boolean {
  const isNegative = authority.some((line) => line.includes(' SOA '));
  return answer.length > 0 && answer.every((line) => line.includes(' CNAME ')) && rcode === 'NOERROR' && !isNegative;
}

/** The answer section, without TTLs. */
function dataOf(reply: Reply | undefined): string {
  return (reply?.answer ?? [])
    .map((line) => line.replace(/ \d+ /, ' '))
    .toSorted()
    .join(', ');
}

export function describe({ name, type }: Question): string {
  return `${name} ${typeName(type)}`;
}
