import assert from 'node:assert/strict';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, test } from 'vitest';
import { lacks, run, startMember } from './member.ts';
import type { Member } from './member.ts';

const [DIG, KDIG] = ['/usr/bin/dig', '/usr/bin/kdig'];
const [noDig, noKdig] = [lacks(DIG), lacks(KDIG)];
let member: Member;

beforeAll(async () => {
  member = await startMember();
  const client = member.client();
  const { HostedZone } = await client.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'dig' }),
  );
  const values = Array.from({ length: 100 }, (_, n) => ({ Value: `192.0.2.${n}` }));
  const Changes = [['www', values.slice(1, 2)] as const, ['many', values] as const].map(([name, ResourceRecords]) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: `${name}.example.com`,
      Type: 'A' as const,
      TTL: 60,
      ResourceRecords: [...ResourceRecords],
    },
  }));
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }));
  client.destroy();
});
afterAll(() => member.stop());

const ask = (tool: string, ...query: string[]): string =>
  run(tool, ['@127.0.0.1', '-p', `${member.dnsPort}`, ...query]);

test.skipIf(noDig).for([
  ['www.example.com A', /status: NOERROR[\s\S]*flags: qr aa rd;[\s\S]*192\.0\.2\.1/],
  ['+tcp www.example.com A', /192\.0\.2\.1/],
  ['+noedns www.example.com A', /ADDITIONAL: 0/],
  ['+noedns +ignore many.example.com A', /flags: qr aa tc rd/],
  ['+bufsize=512 many.example.com A', /ANSWER: 100,/],
  ['wWw.eXample.COM A', /;wWw\.eXample\.COM\./],
  ['nothing.example.com A', /status: NXDOMAIN[\s\S]*\sSOA\s/],
  ['www.example.com MX', /status: NOERROR[\s\S]*ANSWER: 0[\s\S]*\sSOA\s/],
  ['www.example.com ANY', /status: NOERROR/],
  ['elsewhere.test A', /status: REFUSED/],
  ['+edns=1 +noednsneg www.example.com A', /BADVERS/],
] as const)('dig %s', ([query, expected]) => {
  assert.match(ask(DIG, ...query.split(' ')), expected);
});

test.skipIf(noKdig)('kdig: several queries over one TCP connection', () => {
  const output = ask(
    KDIG,
    '+tcp',
    '+keepopen',
    'www.example.com',
    'A',
    'nothing.example.com',
    'A',
    'many.example.com',
    'A',
  );
  assert.match(output, /NOERROR[\s\S]*NXDOMAIN[\s\S]*NOERROR/);
});

test.skipIf(noDig)('the metrics have each answer once, by rcode and by how long it took', async () => {
  const read = async (): Promise<(series: string) => number> => {
    const text = await (await fetch(`${member.url}/metrics`)).text();
    return (series) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
  };
  const total = (at: (series: string) => number): number =>
    at('waypost_dns_queries_total{transport="udp"}') + at('waypost_dns_queries_total{transport="tcp"}');
  const before = await read();
  const badVersion = 'waypost_dns_responses_total{rcode="BADVERS"}';
  ask(DIG, '+edns=1', '+noednsneg', 'www.example.com', 'A');
  ask(DIG, '+tcp', 'www.example.com', 'A');
  let after = await read();
  // Answers are counted when they have been sent.
  for (const until = Date.now() + 5000; Date.now() < until;) {
    if (total(after) === after('waypost_dns_answer_seconds_count')) break;
    after = await read();
  }
  assert.equal(after(badVersion), before(badVersion) + 1);
  assert.equal(total(after), total(before) + 2);
  assert.equal(after('waypost_dns_answer_seconds_count'), total(after));
  assert.equal(after('waypost_dns_answer_seconds_bucket{le="+Inf"}'), total(after));
  const [sum, underSecond] = [
    after('waypost_dns_answer_seconds_sum'),
    after('waypost_dns_answer_seconds_bucket{le="1"}'),
  ];
  assert.ok(sum > 0 && sum < 5, `${sum} s`);
  assert.ok(underSecond > 0);
});
