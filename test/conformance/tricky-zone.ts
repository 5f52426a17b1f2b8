/**
 * One zone with what name servers get wrong: wildcards and the names that block them, empty non-terminals, cuts with and without
 * glue, chains of CNAMEs, escaped labels, RRsets that are too big for a datagram. Lines are `owner TTL type value`, owners
 * relative to the origin; escapes are octal, as Route 53 wants them.
 */
export const ORIGIN = 'tricky.test.';

const RECORDS = String.raw`
@ 3600 SOA ns1.tricky.test. hostmaster.tricky.test. 1 7200 900 1209600 300
@ 3600 NS ns1.tricky.test.
@ 3600 NS ns2.elsewhere.example.
@ 300 A 192.0.2.1
@ 300 AAAA 2001:db8::1
@ 300 MX 10 mail.tricky.test.
@ 300 MX 20 mail.elsewhere.example.
@ 300 TXT "v=spf1 -all"
@ 300 CAA 0 issue "ca.example.net"
@ 300 CAA 128 iodef "mailto:x@example.net"
ns1 600 A 192.0.2.53
ns1 600 AAAA 2001:db8::53
mail 600 A 192.0.2.25
www 60 A 192.0.2.80
www 60 A 192.0.2.81
www 61 AAAA 2001:db8::80
zero 0 A 192.0.2.2
a.deep.ent 60 A 192.0.2.3
x.y.z.ent2 60 TXT "below three empty non-terminals"
*.wild 60 A 192.0.2.10
*.wild 60 MX 10 mail.tricky.test.
*.wild 60 TXT "from the wildcard"
host.wild 60 TXT "blocks the wildcard"
sub.ent.wild 60 A 192.0.2.11
a.\052.wild 60 TXT "below an asterisk"
*.wildcname 60 CNAME www.tricky.test.
*.wildcname2 60 CNAME gone.tricky.test.
*.wildloop 60 CNAME x.wildloop.tricky.test.
*.wildout 60 CNAME out.elsewhere.example.
*.wildmx 60 MX 5 a.wild.tricky.test.
a.*.inner 60 A 192.0.2.12
star.\052x 60 A 192.0.2.13
*.only.aaaa 60 AAAA 2001:db8::a
sub 900 NS ns.sub.tricky.test.
sub 900 NS ns.sibling.tricky.test.
sub 900 NS ns1.tricky.test.
sub 900 NS ns.elsewhere.example.
ns.sub 900 A 192.0.2.60
ns.sub 900 AAAA 2001:db8::60
hidden.sub 60 A 192.0.2.61
*.sub 60 TXT "occluded"
deeper.sub 60 NS ns.deeper.sub.tricky.test.
ns.deeper.sub 60 A 192.0.2.62
sibling 900 NS ns.sibling.tricky.test.
sibling 900 NS ns.sub.tricky.test.
ns.sibling 900 A 192.0.2.63
secure 900 NS ns.secure.tricky.test.
ns.secure 900 A 192.0.2.64
secure 800 DS 12345 13 2 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb44
lame 900 NS www.lame.elsewhere.example.
self 900 NS self.tricky.test.
self 900 A 192.0.2.65
cutbelow.ent3 900 NS ns.cutbelow.ent3.tricky.test.
ns.cutbelow.ent3 900 A 192.0.2.66
wildglue 900 NS ns.wild.tricky.test.
aliasglue 900 NS c1.tricky.test.
c1 60 CNAME c2.tricky.test.
c2 61 CNAME c3.tricky.test.
c3 62 CNAME www.tricky.test.
cgone 60 CNAME gone.tricky.test.
cnodata 60 CNAME mail.tricky.test.
cent 60 CNAME deep.ent.tricky.test.
cout 60 CNAME www.elsewhere.example.
ccut 60 CNAME hidden.sub.tricky.test.
catcut 60 CNAME sub.tricky.test.
csecure 60 CNAME secure.tricky.test.
cwild 60 CNAME any.wild.tricky.test.
cwildc 60 CNAME any.wildcname.tricky.test.
cblocked 60 CNAME host.wild.tricky.test.
capex 60 CNAME tricky.test.
loop1 60 CNAME loop2.tricky.test.
loop2 60 CNAME loop3.tricky.test.
loop3 60 CNAME loop1.tricky.test.
selfloop 60 CNAME selfloop.tricky.test.
mx 60 MX 10 www.tricky.test.
mx 60 MX 20 ns.sub.tricky.test.
mx 60 MX 30 c1.tricky.test.
mx 60 MX 40 q.wild.tricky.test.
mx 60 MX 50 gone.tricky.test.
nullmx 60 MX 0 .
_sip._tcp 60 SRV 1 2 5060 www.tricky.test.
_sip._tcp 60 SRV 1 3 5061 out.elsewhere.example.
naptr 60 NAPTR 100 50 "s" "SIP+D2U" "" _sip._tcp.tricky.test.
naptr 60 NAPTR 100 60 "u" "E2U+sip" "!^.*$!sip:a@example.net!" .
https 60 HTTPS 1 www.tricky.test. alpn="h2,h3" port=8443 ipv4hint=192.0.2.7
svcb 60 SVCB 0 https.tricky.test.
sshfp 60 SSHFP 4 2 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb44
_443._tcp.www 60 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ptr 60 PTR www.tricky.test.
spf 60 SPF "v=spf1 -all"
txt 60 TXT "two" "strings"
txt 60 TXT "a \"quoted\" one" ""
a\056b 60 A 192.0.2.70
sp\040ace 60 A 192.0.2.71
high\377 60 A 192.0.2.72
at\100 60 TXT "at"
under_score 60 A 192.0.2.73
`;

/** A TXT RRset over 1232 octets, one just over 512, and addresses that only fill the additional section. */
const BIG = [
  ...Array.from({ length: 20 }, (_, n) => `big 60 TXT "${String.fromCharCode(97 + n).repeat(200)}"`),
  ...Array.from({ length: 3 }, (_, n) => `middle 60 TXT "${String.fromCharCode(97 + n).repeat(200)}"`),
  ...Array.from({ length: 40 }, (_, n) => `many 60 A 192.0.2.${n}`),
  'cbig 60 CNAME big.tricky.test.',
  ...Array.from({ length: 8 }, (_, n) => `eight${n} 60 CNAME ${n === 7 ? 'www' : `eight${n + 1}`}.tricky.test.`),
  `${'l'.repeat(63)}.${'m'.repeat(63)}.${'n'.repeat(63)} 60 A 192.0.2.74`,
  `*.${'o'.repeat(63)} 60 CNAME ${'l'.repeat(63)}.${'m'.repeat(63)}.${'n'.repeat(63)}.tricky.test.`,
];

export interface ZoneLine {
  readonly owner: string;
  readonly ttlSeconds: number;
  readonly type: string;
  readonly value: string;
}

export const zoneLines: readonly ZoneLine[] = [...RECORDS.trim().split('\n'), ...BIG].map((line) => {
  const [, owner, ttl, type, value] = /^(\S+) (\d+) (\S+) (.*)$/.exec(line) as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { owner: owner === '@' ? ORIGIN : `${owner}.${ORIGIN}`, ttlSeconds: Number(ttl), type, value };
});

/** The same lines as a master file, whose escapes are decimal (RFC 1035 §5.1). */
export function masterFile(): string {
  const decimal = (text: string): string =>
    text.replace(/\\([0-7]{3})/g, (_, octal: string) => `\\${String(Number.parseInt(octal, 8)).padStart(3, '0')}`);
  return zoneLines
    .map(({ owner, ttlSeconds, type, value }) => `${decimal(owner)} ${ttlSeconds} IN ${type} ${decimal(value)}\n`)
    .join('');
}
