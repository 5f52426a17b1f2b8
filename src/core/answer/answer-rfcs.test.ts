import { describe, expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, worldOf } from './answer-text.ts';

/** The zones that RFCs explain themselves with, and what they say is answered; names in lower case. */

/** RFC 1034 §6.1, as far as §6.2 asks for it. */
const RFC_1034 = `
$ZONE .
.                     86400 SOA   sri-nic.arpa. hostmaster.sri-nic.arpa. 870611 1800 300 604800 86400
.                     86400 NS    a.isi.edu.
.                     86400 NS    c.isi.edu.
.                     86400 NS    sri-nic.arpa.
mil.                  86400 NS    sri-nic.arpa.
mil.                  86400 NS    a.isi.edu.
edu.                  86400 NS    sri-nic.arpa.
edu.                  86400 NS    c.isi.edu.
sri-nic.arpa.         86400 A     26.0.0.73
sri-nic.arpa.         86400 A     10.0.0.51
sri-nic.arpa.         86400 MX    0 sri-nic.arpa.
usc-isic.arpa.        86400 CNAME c.isi.edu.
a.isi.edu.            86400 A     26.3.0.103
c.isi.edu.            86400 A     10.0.0.52
`;
const SRI_NIC = 'sri-nic.arpa. 86400 A 26.0.0.73\nsri-nic.arpa. 86400 A 10.0.0.51';
const ROOT_SOA = '. 86400 SOA sri-nic.arpa. hostmaster.sri-nic.arpa. 870611 1800 300 604800 86400';

/** RFC 4592 §2.2.1. */
const RFC_4592 = `
$ZONE example.
@                     3600 SOA    ns.example.com. host.example.com. 1 2 3 4 5
@                     3600 NS     ns.example.com.
@                     3600 NS     ns.example.net.
*                     3600 TXT    "this is a wildcard"
*                     3600 MX     10 host1.example.
sub.*                 3600 TXT    "this is not a wildcard"
host1                 3600 A      192.0.2.1
_ssh._tcp.host1       3600 SRV    0 0 22 host1.example.
_ssh._tcp.host2       3600 SRV    0 0 22 host2.example.
subdel                3600 NS     ns.example.com.
subdel                3600 NS     ns.example.net.
`;
const SOA = 'example. 5 SOA ns.example.com. host.example.com. 1 2 3 4 5';
const HOST1 = 'additional host1.example. 3600 A 192.0.2.1';

function check(zoneText: string, query: string, expected: string): void {
  const text = answerText(worldOf(zonesFromText(zoneText)), `${query} +tcp`);
  const [first = '', , ...lines] = text.split('\n');
  expect([first.replace(' rd', ''), ...lines].join('\n')).toBe(expected);
}

describe('RFC 1034 §6.2', () => {
  test.each([
    ['§6.2.1', 'sri-nic.arpa A', `NOERROR aa\n${SRI_NIC.replace(/^/gm, 'answer ')}`],
    [
      '§6.2.3',
      'sri-nic.arpa MX',
      `NOERROR aa\nanswer sri-nic.arpa. 86400 MX 0 sri-nic.arpa.\n${SRI_NIC.replace(/^/gm, 'additional ')}`,
    ],
    ['§6.2.4', 'sri-nic.arpa NS', `NOERROR aa\nauthority ${ROOT_SOA}`],
    ['§6.2.5', 'sir-nic.arpa A', `NXDOMAIN aa\nauthority ${ROOT_SOA}`],
    [
      '§6.2.6',
      'brl.mil A',
      `NOERROR\nauthority mil. 86400 NS sri-nic.arpa.\nauthority mil. 86400 NS a.isi.edu.\n` +
        `${SRI_NIC.replace(/^/gm, 'additional ')}\nadditional a.isi.edu. 86400 A 26.3.0.103`,
    ],
    [
      '§6.2.7',
      'usc-isic.arpa A',
      `NOERROR aa\nanswer usc-isic.arpa. 86400 CNAME c.isi.edu.\n` +
        `authority edu. 86400 NS sri-nic.arpa.\nauthority edu. 86400 NS c.isi.edu.\n` +
        `additional c.isi.edu. 86400 A 10.0.0.52\n${SRI_NIC.replace(/^/gm, 'additional ')}`,
    ],
    ['§6.2.8', 'usc-isic.arpa CNAME', 'NOERROR aa\nanswer usc-isic.arpa. 86400 CNAME c.isi.edu.'],
  ])('%s %s', (_, query, expected) => check(RFC_1034, query, expected));
});

describe('RFC 4592 §2.2.1', () => {
  test.each([
    ['synthesized', 'host3.example MX', `NOERROR aa\nanswer host3.example. 3600 MX 10 host1.example.\n${HOST1}`],
    ['the wildcard has no such set', 'host3.example A', `NOERROR aa\nauthority ${SOA}`],
    ['several labels down', 'foo.bar.example TXT', 'NOERROR aa\nanswer foo.bar.example. 3600 TXT "this is a wildcard"'],
    ['the name is there', 'host1.example MX', `NOERROR aa\nauthority ${SOA}`],
    ['a name below an asterisk is there', 'sub.*.example MX', `NOERROR aa\nauthority ${SOA}`],
    ['the closest encloser has no wildcard', '_telnet._tcp.host1.example SRV', `NXDOMAIN aa\nauthority ${SOA}`],
    [
      'a cut',
      'host.subdel.example A',
      'NOERROR\nauthority subdel.example. 3600 NS ns.example.com.\nauthority subdel.example. 3600 NS ns.example.net.',
    ],
    ['below an asterisk there is no wildcard', 'ghost.*.example MX', `NXDOMAIN aa\nauthority ${SOA}`],
    ['an asterisk may be asked for', '*.example TXT', 'NOERROR aa\nanswer *.example. 3600 TXT "this is a wildcard"'],
    ['an empty non-terminal is there (§2.2.2)', '_tcp.host1.example A', `NOERROR aa\nauthority ${SOA}`],
    ['an empty non-terminal stops the wildcard (§2.2.2)', 'host2.example MX', `NOERROR aa\nauthority ${SOA}`],
  ])('%s: %s', (_, query, expected) => check(RFC_4592, query, expected));
});
