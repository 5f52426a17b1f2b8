/**
 * Records as `owner TTL type value`, owners relative to their zone: wildcards and the names that block them, empty non-terminals,
 * cuts with and without glue, chains of CNAMEs, escaped labels, RRsets that are too big for a datagram, and the largest names.
 */
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
WwW2 60 A 192.0.2.82
zero 0 A 192.0.2.2
longest 2147483647 A 192.0.2.4
a.deep.ent 60 A 192.0.2.3
x.y.z.ent2 60 TXT "below three empty non-terminals"
*.wild 60 A 192.0.2.10
*.wild 60 MX 10 mail.tricky.test.
*.wild 60 TXT "from the wildcard"
*.wild 60 SRV 1 2 3 mail.tricky.test.
*.wild 60 HTTPS 1 . alpn="h2"
*.wild 60 CAA 0 issue ";"
host.wild 60 TXT "blocks the wildcard"
sub.ent.wild 60 A 192.0.2.11
a.\052.wild 60 TXT "below an asterisk"
cut.wild 900 NS ns1.tricky.test.
ds.wild 900 NS ns1.tricky.test.
ds.wild 800 DS 1 13 2 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb44
*.wildcname 60 CNAME www.tricky.test.
*.wildcname2 60 CNAME gone.tricky.test.
*.wildloop 60 CNAME x.wildloop.tricky.test.
*.wildout 60 CNAME out.elsewhere.example.
*.wildcut 60 CNAME hidden.sub.tricky.test.
*.wildmx 60 MX 5 a.wild.tricky.test.
*.outer 60 A 192.0.2.14
*.x.outer 60 A 192.0.2.15
*.ent.x.outer 60 AAAA 2001:db8::15
\052.\052.twice 60 A 192.0.2.16
a.*.inner 60 A 192.0.2.12
star.\052x 60 A 192.0.2.13
x\052 60 A 192.0.2.17
\052\052 60 A 192.0.2.18
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
secure 800 DS 12345 13 4 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb442c61ce10527af51cd9f83f9e859c64c0
lame 900 NS www.lame.elsewhere.example.
self 900 NS self.tricky.test.
self 900 A 192.0.2.65
noglue 900 NS ns.noglue.tricky.test.
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
croot 60 CNAME .
ctest 60 CNAME test.
ccut 60 CNAME hidden.sub.tricky.test.
catcut 60 CNAME sub.tricky.test.
csecure 60 CNAME secure.tricky.test.
cwild 60 CNAME any.wild.tricky.test.
cwildc 60 CNAME any.wildcname.tricky.test.
cblocked 60 CNAME host.wild.tricky.test.
capex 60 CNAME tricky.test.
cCase 60 CNAME WWW.Tricky.Test.
cmx 60 CNAME mx.tricky.test.
chttps 60 CNAME https.tricky.test.
loop1 60 CNAME loop2.tricky.test.
loop2 60 CNAME loop3.tricky.test.
loop3 60 CNAME loop1.tricky.test.
selfloop 60 CNAME selfloop.tricky.test.
intoloop 60 CNAME loop2.tricky.test.
cchild 60 CNAME www.child.tricky.test.
cchildapex 60 CNAME child.tricky.test.
cundelegated 60 CNAME www.undelegated.tricky.test.
mx 60 MX 10 www.tricky.test.
mx 60 MX 20 ns.sub.tricky.test.
mx 60 MX 30 c1.tricky.test.
mx 60 MX 40 q.wild.tricky.test.
mx 60 MX 50 gone.tricky.test.
mx 60 MX 60 www.child.tricky.test.
mxself 60 MX 10 mxself.tricky.test.
mxself 60 A 192.0.2.26
nullmx 60 MX 0 .
_sip._tcp 60 SRV 1 2 5060 www.tricky.test.
_sip._tcp 60 SRV 1 3 5061 out.elsewhere.example.
_none._tcp 60 SRV 0 0 0 .
naptr 60 NAPTR 100 50 "s" "SIP+D2U" "" _sip._tcp.tricky.test.
naptr 60 NAPTR 100 60 "u" "E2U+sip" "!^.*$!sip:a@example.net!" .
naptra 60 NAPTR 100 50 "a" "x" "" www.tricky.test.
https 60 HTTPS 1 www.tricky.test. alpn="h2,h3" port=8443 ipv4hint=192.0.2.7
https 60 HTTPS 2 ns1.tricky.test.
httpsalias 60 HTTPS 0 https.tricky.test.
httpsself 60 HTTPS 1 . alpn="h2"
httpsself 60 A 192.0.2.27
httpscname 60 HTTPS 0 c1.tricky.test.
svcb 60 SVCB 0 https.tricky.test.
svcbfull 60 SVCB 1 svc.elsewhere.example. mandatory=alpn,port alpn="h2" no-default-alpn port=53 ipv4hint=192.0.2.7,192.0.2.8 ipv6hint=2001:db8::7 key65000="x"
sshfp 60 SSHFP 4 2 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb44
_443._tcp.www 60 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ptr 60 PTR www.tricky.test.
spf 60 SPF "v=spf1 -all"
txt 60 TXT "two" "strings"
txt 60 TXT "a \"quoted\" one" ""
txt 60 TXT "\000\001\177\200\377 ; ( ) \\"
a\056b 60 A 192.0.2.70
sp\040ace 60 A 192.0.2.71
high\377 60 A 192.0.2.72
nul\000 60 A 192.0.2.75
at\100 60 TXT "at"
\042quote\042 60 TXT "quotation marks"
back\134slash 60 TXT "backslash"
under_score 60 A 192.0.2.73
child 900 NS ns.child.tricky.test.
child 900 NS ns1.tricky.test.
child 800 DS 7 13 2 2c61ce10527af51cd9f83f9e859c64c0e9123767be22ea0211099dceedc6eb44
ns.child 900 A 192.0.2.90
stale.child 900 A 192.0.2.91
`;

const label = (letter: string): string => letter.repeat(63);
/** With the origin's thirteen octets: 1 + 63, three times, and 1 + 49 make 255. */
const LONGEST = `${label('l')}.${label('m')}.${label('n')}.${'p'.repeat(49)}`;

/** Sets just over 512 and 1232 octets, some far beyond, and addresses that only fill the additional section. */
const BIG = [
  ...Array.from({ length: 20 }, (_, n) => `big 60 TXT "${String.fromCharCode(97 + n).repeat(200)}"`),
  ...Array.from({ length: 3 }, (_, n) => `middle 60 TXT "${String.fromCharCode(97 + n).repeat(200)}"`),
  ...Array.from({ length: 6 }, (_, n) => `large 60 TXT "${String.fromCharCode(97 + n).repeat(200)}"`),
  `strings 60 TXT ${Array.from({ length: 14 }, (_, n) => `"${n}${'s'.repeat(60)}"`).join(' ')}`,
  ...Array.from({ length: 40 }, (_, n) => `many 60 A 192.0.2.${n}`),
  ...Array.from({ length: 150 }, (_, n) => `plenty 60 AAAA 2001:db8::${(n + 1).toString(16)}`),
  'cbig 60 CNAME big.tricky.test.',
  'mxmany 60 MX 10 many.tricky.test.',
  'mxmany 60 MX 10 www.tricky.test.',
  ...Array.from({ length: 8 }, (_, n) => `eight${n} 60 CNAME ${n === 7 ? 'www' : `eight${n + 1}`}.tricky.test.`),
  ...Array.from({ length: 13 }, (_, n) => `wide 900 NS ns${n}.wide.tricky.test.`),
  ...Array.from({ length: 13 }, (_, n) => `ns${n}.wide 900 A 192.0.2.${100 + n}`),
  ...Array.from({ length: 13 }, (_, n) => `ns${n}.wide 900 AAAA 2001:db8::${100 + n}`),
  ...Array.from({ length: 13 }, (_, n) => `beside 900 NS ns${n}.beside-beside-beside-beside-beside.tricky.test.`),
  ...Array.from({ length: 13 }, (_, n) => `ns${n}.beside-beside-beside-beside-beside 900 A 192.0.2.${120 + n}`),
  ...Array.from({ length: 13 }, (_, n) => `ns${n}.beside-beside-beside-beside-beside 900 AAAA 2001:db8::${120 + n}`),
  `${LONGEST} 60 A 192.0.2.74`,
  `*.${label('o')} 60 CNAME ${LONGEST}.tricky.test.`,
  `clongest 60 CNAME ${LONGEST}.tricky.test.`,
];

export const TRICKY_RECORDS = `${RECORDS.trim()}\n${BIG.join('\n')}`;

const apex = (origin: string, minimumSeconds: number): string =>
  `@ 1800 SOA ns1.tricky.test. hostmaster.${origin} 1 7200 900 1209600 ${minimumSeconds}\n@ 1800 NS ns1.tricky.test.`;

/** Zones below the first: delegated, with other data than the parent has; below that; delegated nowhere; below a wildcard. */
export const CHILD_ZONES: Readonly<Record<string, string>> = {
  'child.tricky.test.': `${apex('child.tricky.test.', 30)}
@ 1800 NS ns.child.tricky.test.
@ 60 MX 10 www.tricky.test.
ns 60 A 192.0.2.92
www 60 A 192.0.2.93
up 60 CNAME www.tricky.test.
down 60 CNAME www.grand.child.tricky.test.
nephew 60 CNAME www.undelegated.tricky.test.
own 60 CNAME child.tricky.test.
*.wild 60 A 192.0.2.94
grand 900 NS ns.grand.child.tricky.test.
ns.grand 900 A 192.0.2.95`,
  'grand.child.tricky.test.': `${apex('grand.child.tricky.test.', 7200)}
www 60 A 192.0.2.96
ns 60 A 192.0.2.97`,
  'undelegated.tricky.test.': `${apex('undelegated.tricky.test.', 30)}
www 60 A 192.0.2.98
home 60 CNAME www.tricky.test.`,
  'zone.wild.tricky.test.': `${apex('zone.wild.tricky.test.', 30)}
www 60 A 192.0.2.99
*.deep 60 TXT "a wildcard below a wildcard's zone"`,
};
