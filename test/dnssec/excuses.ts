import { TYPE } from '../../src/core/dns/record-type.ts';
import { isWithin } from './hosted-zones.ts';
import type { ResolverName } from './resolver.ts';
import type { Question } from './validator.ts';

/** Where a validator is known to go wrong: with Knot in the member's place it says the same. */
interface Excuse {
  readonly from: ResolverName;
  readonly of: string;
  readonly reason: string;
  readonly covers: (question: Question) => boolean;
}

const [KEY, DNAME] = [25, 39];

export const EXCUSES: readonly Excuse[] = [
  {
    from: 'BIND',
    of: 'KEY at a name with a CNAME',
    reason:
      'KEY may stand beside a CNAME (RFC 2181 §10.1), so BIND does not take the CNAME for an answer, and asks again.',
    covers: ({ type }) => type === KEY,
  },
  {
    from: 'pdns-recursor',
    of: 'DNAME at a name with a CNAME',
    reason: 'Takes the CNAME for the denial of the DNAME, and misses the NSEC.',
    covers: ({ type }) => type === DNAME,
  },
  {
    from: 'pdns-recursor',
    of: 'SVCB and HTTPS with capitals in the target',
    reason:
      'Verifies the target in lower case. Canonical form leaves it as it is: RFC 4034 §6.2 lists the types, RFC 9460 adds none.',
    covers: ({ name, type }) => [TYPE.SVCB, TYPE.HTTPS].some((each) => each === type) && name.startsWith('mixed'),
  },
  {
    from: 'knot-resolver',
    of: "DNSKEY at a name with a CNAME to a zone's apex",
    reason: 'Follows the CNAME and takes the keys for those of the zone that it validates.',
    covers: ({ name, type }) => type === TYPE.DNSKEY && /^(capex|own)\./.test(name),
  },
  {
    from: 'unbound',
    of: 'names below one with a CNAME that leads nowhere',
    reason:
      'Asks name by name (RFC 9156), finds that the CNAME ends at a name that does not exist, and asks no further.',
    covers: ({ name }) => isWithin(name, '*.wildout.tricky.test.'),
  },
];

export function isExcused(from: ResolverName, question: Question): boolean {
  return EXCUSES.some((excuse) => excuse.from === from && excuse.covers(question));
}
