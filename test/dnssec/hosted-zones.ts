import { trickyZones, zoneOf, type TrickyZone } from '../conformance/tricky-zone.ts';
import { ADDRESS, apex } from './tree.ts';

/** A zone of the name server under test. */
export interface HostedZone extends TrickyZone {
  readonly signed: boolean;
}

export const TRICKY = 'tricky.test.';
export const OTHER = 'other.test.';
export const PLAIN = 'plain.test.';
/** Hosted here too, delegated to in the zone above: with a DS record where it is signed. */
const CHILD = 'child.tricky.test.';
const GRANDCHILD = 'signed.child.tricky.test.';
const PLAIN_GRANDCHILD = 'grand.child.tricky.test.';

/** Zones that hosted ones delegate to other people's servers, by their origin. */
export const SIGNED_ELSEWHERE = ['secure.tricky.test.', 'ds.wild.tricky.test.'];
export const PLAIN_ELSEWHERE = ['sub', 'sibling', 'self', 'cutbelow.ent3', 'cut.wild', 'wide'].map(
  (name) => `${name}.${TRICKY}`,
);

/** What lies below none of these and is not one of them validates. */
export const INSECURE = [...PLAIN_ELSEWHERE, PLAIN, PLAIN_GRANDCHILD];

/** Delegations of the tricky zone to where nothing is, names that only they have, and loops: nobody can resolve those. */
const LEFT_OUT =
  /^(\S+\.)?(lame|noglue|wildglue|aliasglue|beside|beside-.*|undelegated|loop\d|selfloop|intoloop|wildloop)\.tricky\.test\.$/;

/** The records of the unsigned tricky zone with delegations that lead somewhere; `extra` is `owner TTL type value`, as there. */
const CUTS = `
sub 900 NS ns.sub.tricky.test.
ns.sub 900 A ${ADDRESS.elsewhere}
hidden.sub 60 A 192.0.2.61
*.sub 60 TXT "occluded"
deeper.sub 60 NS ns.deeper.sub.tricky.test.
ns.deeper.sub 60 A 192.0.2.62
sibling 900 NS ns.sub.tricky.test.
self 900 NS self.tricky.test.
self 900 A ${ADDRESS.elsewhere}
cutbelow.ent3 900 NS ns.cutbelow.ent3.tricky.test.
ns.cutbelow.ent3 900 A ${ADDRESS.elsewhere}
cut.wild 900 NS ns.elsewhere.tricky.test.
ds.wild 900 NS ns.elsewhere.tricky.test.
secure 900 NS ns.secure.tricky.test.
ns.secure 900 A ${ADDRESS.elsewhere}
ns.elsewhere 900 A ${ADDRESS.elsewhere}
child 900 NS ns.child.tricky.test.
child 900 NS ns1.tricky.test.
ns.child 900 A ${ADDRESS.child}
stale.child 900 A 192.0.2.91
${Array.from({ length: 13 }, (_, n) => `wide 900 NS ns${n}.wide.tricky.test.\nns${n}.wide 900 A ${ADDRESS.elsewhere}`).join('\n')}
ns1 600 A ${ADDRESS.child}
`;

/** What the tricky zone has not: unknown letters in case, chains to other zones, and data that canonical form changes. */
const MORE = String.raw`
MixedCase 60 MX 10 Mail.TRICKY.Test.
mixedsrv 60 SRV 1 2 3 WWW.Tricky.TEST.
mixednaptr 60 NAPTR 100 50 "S" "SIP+D2U" "" _SIP._TCP.Tricky.Test.
mixedsvcb 60 SVCB 1 SVC.Tricky.Test. alpn="H2"
mixedhttps 60 HTTPS 1 WWW.Tricky.Test. alpn="h2"
mixedptr 60 PTR WWW.Tricky.Test.
mixedcaa 60 CAA 0 issue "CA.Example.NET"
mixedtxt 60 TXT "Mixed CASE"
longtxt 60 TXT "${'v'.repeat(255)}" "${'w'.repeat(255)}" "${'x'.repeat(255)}" "y"
ordered 60 TXT "b"
ordered 60 TXT "a"
ordered 60 TXT "aa"
ordered 60 TXT ""
orderedns 60 MX 10 b.tricky.test.
orderedns 60 MX 10 aa.tricky.test.
orderedns 60 MX 9 c.tricky.test.
cother 60 CNAME www.other.test.
cothergone 60 CNAME gone.other.test.
cotherback 60 CNAME back.other.test.
cplain 60 CNAME www.plain.test.
cplaingone 60 CNAME gone.plain.test.
csub 60 CNAME www.sub.tricky.test.
csigned 60 CNAME www.secure.tricky.test.
cgrand 60 CNAME www.signed.child.tricky.test.
*.wildother 60 CNAME www.other.test.
*.wildplain 60 CNAME www.plain.test.
`;

function hosted(origin: string, records: string, signed: boolean): HostedZone {
  return { ...zoneOf(origin, records), signed };
}

/** SOA and NS, then `records`. */
function small(origin: string, records: string, signed: boolean): HostedZone {
  return hosted(
    origin,
    `@ 300 SOA ns1.tricky.test. hostmaster.test. 1 3600 600 86400 60\n@ 300 NS ns1.tricky.test.\n${records}`,
    signed,
  );
}

function trickyZone(): HostedZone {
  const [original] = trickyZones as [TrickyZone];
  const cuts = [...SIGNED_ELSEWHERE, ...PLAIN_ELSEWHERE, CHILD, 'ns1.tricky.test.'];
  const kept = original.lines.filter(
    ({ owner, type, value }) =>
      !LEFT_OUT.test(owner.toLowerCase()) &&
      !(type === 'CNAME' && LEFT_OUT.test(value)) &&
      !cuts.some((cut) => isWithin(owner, cut)) &&
      !(owner === TRICKY && type === 'NS'),
  );
  const added = zoneOf(TRICKY, `@ 3600 NS ns1.tricky.test.\n${CUTS.trim()}\n${MORE.trim()}`).lines;
  return { origin: TRICKY, lines: [...kept, ...added], signed: true };
}

export const HOSTED: readonly HostedZone[] = [
  trickyZone(),
  small(
    CHILD,
    `@ 300 NS ns.child.tricky.test.
@ 60 MX 10 www.tricky.test.
ns 60 A ${ADDRESS.child}
www 60 A 192.0.2.93
up 60 CNAME www.tricky.test.
down 60 CNAME www.grand.child.tricky.test.
own 60 CNAME child.tricky.test.
*.wild 60 A 192.0.2.94
grand 300 NS ns1.tricky.test.
signed 300 NS ns1.tricky.test.`,
    true,
  ),
  small(GRANDCHILD, 'www 60 A 192.0.2.96\n*.www 60 CNAME up.child.tricky.test.', true),
  small(PLAIN_GRANDCHILD, 'www 60 A 192.0.2.97', false),
  small(OTHER, `www 60 A 192.0.2.98\nback 60 CNAME www.tricky.test.\nplain 60 CNAME www.plain.test.`, true),
  small(PLAIN, `www 60 A 192.0.2.99\nback 60 CNAME www.tricky.test.\n*.wild 60 A 192.0.2.100`, false),
];

/** Signed, and delegated with a DS record that is no key's of it. */
export const BROKEN = small('broken.test.', 'www 60 A 192.0.2.102', true);

export function isWithin(name: string, origin: string): boolean {
  const [lower, end] = [name.toLowerCase(), origin.toLowerCase()];
  return lower === end || lower.endsWith(`.${end}`);
}

/** Of a zone elsewhere, as a master file: whatever its name server is called there, it has an address. */
export function elsewhereText(origin: string): string {
  return `${apex(origin, `ns.elsewhere.${TRICKY}`, 1)}${origin} 60 A ${ADDRESS.elsewhere}
www.${origin} 60 A 192.0.2.80
hidden.${origin} 60 A 192.0.2.81
*.${origin} 60 A ${ADDRESS.elsewhere}
*.${origin} 60 TXT "elsewhere"
`;
}
