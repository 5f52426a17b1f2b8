/** Seconds of a zone's SOA record, beside its serial. */
export interface Timers {
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
}

const LAZY: Timers = { refresh: 3600, retry: 600, expire: 86_400 };

/** A zone of many types, some of which we know nothing of; `more` are lines of its own. */
export function zoneText(origin: string, serial: number, more: readonly string[], timers: Timers = LAZY): string {
  const fill = Array.from({ length: 100 }, (_, n) => `fill${n} A 192.0.2.${n}`);
  return `$ORIGIN ${origin}.
$TTL 60
@ 300 SOA ns1 host\\.master ${serial} ${timers.refresh} ${timers.retry} ${timers.expire} 60
@ 300 NS ns1
@ 300 NS ns2.example.net.
ns1 A 127.0.0.1
@ MX 10 mail
mail A 192.0.2.1
mail AAAA 2001:db8::1
txt TXT "a \\"quoted\\" text" "and \\228\\000 octets" ""
srv SRV 1 2 5060 mail
caa CAA 0 issue "ca.example.net"
naptr NAPTR 1 2 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
tlsa TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sshfp SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
https HTTPS 1 . alpn=h2,h3 port=8443
*.wild A 192.0.2.2
alias CNAME mail
a.deep.empty.non.terminal A 192.0.2.3
child NS ns.child
child DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ns.child A 192.0.2.4
at\\@sign A 192.0.2.5
unknown TYPE65280 \\# 4 0a000001
nothing TYPE65281 \\# 0
person RP mail txt
machine HINFO "PDP-11" "UNIX"
cell AFSDB 1 mail
elsewhere DNAME example.net.
place LOC 48 12 0.000 N 16 22 0.000 E 170m 1m 10000m 10m
key DNSKEY 257 3 13 AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QA==
odd TLSA 255 255 255 ab
odd CAA 255 tbs "\\000\\255"
odd SSHFP 255 255 ab
odd NAPTR 65535 0 "" "" "!x!y!" mail
odd SVCB 65535 mail key65535="\\000,"
odd DS 65535 255 255 ab
${fill.join('\n')}
${more.join('\n')}
`;
}
