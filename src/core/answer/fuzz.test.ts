import { expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { fuzz } from './fuzz.ts';

const ZONE = `
$ZONE example.com.
@     900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
@     300 NS    ns1.example.com
@     300 MX    10 ns1.example.com
ns1   300 A     192.0.2.53
www   60  A     192.0.2.1
*.w   60  TXT   "${'x'.repeat(200)}"
*.c   60  CNAME www.example.com
sub   300 NS    ns.sub.example.com
ns.sub 300 A    192.0.2.9
al    ALIAS A   www.example.com
${Array.from({ length: 90 }, (_, n) => `big 60 AAAA 2001:db8::${(n + 1).toString(16)}`).join('\n')}
`;
const QUERIES = [
  'www.example.com A',
  'example.com MX +do',
  'a.b.w.example.com TXT +edns=4096',
  'x.c.example.com A',
  'no.example.com AAAA +do',
  'x.sub.example.com A',
  'sub.example.com DS',
  'al.example.com A',
  'big.example.com AAAA',
  'big.example.com AAAA +edns=600',
  'example.net A',
  'example.com ANY +do',
  'example.com SOA +version=1',
];

/** `FUZZ_PACKETS=1000000 FUZZ_SEED=7` for longer runs. */
const setting = (name: string, value: number): number => Number(process.env[name] ?? value);

test('no packet brings the answerer down', { timeout: 900_000 }, () => {
  const packets = setting('FUZZ_PACKETS', 200_000);
  const seed = setting('FUZZ_SEED', 20_261_123);
  const { answered } = fuzz(zonesFromText(ZONE), QUERIES, packets, seed);
  expect(answered).toBeGreaterThan(packets / 4);
});
