import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, test } from 'vitest';
import { makeCertificate, openssl, OPENSSL } from '../streams/make-certificate.ts';
import { query } from '../streams/stream-client.ts';
import { lacks, run, startMember, type Member } from './member.ts';
import { freePort } from '../free-port.ts';

/** DNS over TLS and over HTTPS, as the tools of others speak them. */
const [DIG, KDIG, CURL] = ['/usr/bin/dig', '/usr/bin/kdig', '/usr/bin/curl'];
const [noDig, noKdig, noCurl, noOpenssl] = [lacks(DIG), lacks(KDIG), lacks(CURL), lacks(OPENSSL)];
const NAME = 'ns1.example.com';

let member: Member;
let dot: number;
let doh: number;
const directory = mkdtempSync(join(tmpdir(), 'waypost-encrypted-'));
const files = { certificate: join(directory, 'live.pem'), key: join(directory, 'live.key') };

/** Puts a new certificate where the member looks for it; gives its serial number. */
function renew(days = 30): string {
  const made = makeCertificate(directory, NAME, days);
  copyFileSync(made.key, files.key);
  copyFileSync(made.certificate, files.certificate);
  return openssl(['x509', '-in', files.certificate, '-noout', '-serial']).trim();
}

const served = (): string => {
  const told = openssl(['s_client', '-connect', `127.0.0.1:${dot}`, '-alpn', 'dot'], '');
  return openssl(['x509', '-noout', '-serial'], told).trim();
};

async function untilServed(serial: string, secondsMax: number): Promise<void> {
  const until = Date.now() + secondsMax * 1000;
  while (served() !== serial) {
    assert.ok(Date.now() < until, `after ${secondsMax} s the old certificate is still served`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  if (noOpenssl) return;
  renew();
  [dot, doh] = [await freePort(), await freePort()];
  const settings = {
    WAYPOST_DOT: `127.0.0.1:${dot}`,
    WAYPOST_DOH: `127.0.0.1:${doh}`,
    WAYPOST_TLS_CERTIFICATE: files.certificate,
    WAYPOST_TLS_KEY: files.key,
  };
  member = await startMember(undefined, { settings });
  const client = member.client();
  const { HostedZone } = await client.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'encrypted' }),
  );
  const ResourceRecordSet = {
    Name: 'www.example.com',
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  };
  const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }));
  client.destroy();
});

afterAll(async () => {
  if (!noOpenssl) await member.stop();
  rmSync(directory, { recursive: true });
});

const ask = (tool: string, port: number, ...options: string[]): string =>
  run(tool, ['@127.0.0.1', '-p', `${port}`, ...options, 'www.example.com']);

test
  .skipIf(noKdig || noOpenssl)
  .for([['+tls'], ['+tls', '+keepopen', '+padding=64'], [`+tls-ca=${files.certificate}`, `+tls-hostname=${NAME}`]])(
  'kdig %s',
  (options) => {
    const text = ask(KDIG, dot, ...options);
    assert.match(text, /TLS1\.3[\s\S]*NOERROR[\s\S]*192\.0\.2\.1/);
    if (options.includes('+padding=64')) assert.match(text, /PADDING: \d+ B[\s\S]*Received 468 B/);
  },
);

test
  .skipIf(noKdig || noOpenssl)
  .for([['+https'], ['+https-get'], [`+tls-ca=${files.certificate}`, '+https', `+tls-hostname=${NAME}`]])(
  'kdig %s',
  (options) => {
    assert.match(ask(KDIG, doh, ...options), /HTTP\/2[\s\S]*status: 200[\s\S]*NOERROR[\s\S]*192\.0\.2\.1/);
  },
);

test.skipIf(noDig || noOpenssl).for([
  ['+tls', 'dot'],
  ['+https', 'doh'],
  ['+https-get', 'doh'],
] as const)('dig %s', ([option, service]) => {
  const text = ask(DIG, service === 'dot' ? dot : doh, option);
  assert.match(text, /status: NOERROR[\s\S]*flags: qr aa rd[\s\S]*192\.0\.2\.1/);
});

test.skipIf(noCurl || noOpenssl).for([
  ['--http2', '2'],
  ['--http1.1', '1.1'],
] as const)('curl %s, by GET and by POST', ([option, version]) => {
  const url = `https://${NAME}:${doh}/dns-query`;
  const about = ['-w', '%{http_version} %{http_code} %{content_type} %{size_download}', '-o', '/dev/null'];
  const base = ['-sS', option, '--cacert', files.certificate, '--resolve', `${NAME}:${doh}:127.0.0.1`, ...about];
  const message = query(0, 'www.example.com.');
  writeFileSync(join(directory, 'query'), message);
  const expected = `${version} 200 application/dns-message ${message.length + 16}`;
  assert.equal(run(CURL, [...base, `${url}?dns=${Buffer.from(message).toString('base64url')}`]), expected);
  const type = ['-H', 'content-type: application/dns-message'];
  assert.equal(run(CURL, [...base, ...type, '--data-binary', `@${join(directory, 'query')}`, url]), expected);
});

test.skipIf(noKdig || noOpenssl)('zones of one name are told apart by the address, by TLS and HTTPS too', async () => {
  const port = await freePort();
  const https = await freePort();
  const settings = {
    WAYPOST_NAME_SERVERS: 'ns.first.test=127.0.0.1;ns.second.test=127.0.0.2',
    WAYPOST_DOT: `127.0.0.1:${port},127.0.0.2:${port}`,
    // The second set has no address of DNS without TLS.
    WAYPOST_DOH: `127.0.0.2:${https}`,
    WAYPOST_TLS_CERTIFICATE: files.certificate,
    WAYPOST_TLS_KEY: files.key,
  };
  const sets = await startMember(undefined, { settings });
  const client = sets.client();
  for (const CallerReference of ['first', 'second'])
    await client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference }));
  client.destroy();
  const servers = (address: string, on: number, how: string): string =>
    run(KDIG, [`@${address}`, '-p', `${on}`, how, '+short', 'example.com', 'NS']).trim();
  assert.equal(servers('127.0.0.1', sets.dnsPort, '+notcp'), 'ns.first.test.');
  assert.equal(servers('127.0.0.1', port, '+tls'), 'ns.first.test.');
  assert.equal(servers('127.0.0.2', port, '+tls'), 'ns.second.test.');
  assert.equal(servers('127.0.0.2', https, '+https'), 'ns.second.test.');
  await sets.stop();
});

test.skipIf(noOpenssl)('a renewed certificate is served without a restart: on SIGHUP, and by itself', async () => {
  const second = renew();
  member.reload();
  await untilServed(second, 5);
  await untilServed(renew(), 20);
});

test.skipIf(noOpenssl)('a pair that does not go together leaves the old one in service', async () => {
  const before = served();
  writeFileSync(files.key, 'not a key');
  member.reload();
  // The member has looked when it answers the next request on the port that the signal's handler shares a thread with.
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await fetch(`${member.url}/readyz`)).status, 200);
  assert.equal(served(), before);
  member.reload();
  const next = renew();
  member.reload();
  await untilServed(next, 5);
});

test.skipIf(noOpenssl)('the metrics say when the certificate expires, and how many connections there are', async () => {
  const text = await (await fetch(`${member.url}/metrics`)).text();
  const expiry = Number(/^waypost_tls_certificate_expiry_seconds (\S+)$/m.exec(text)?.[1]);
  const days = (expiry - Date.now() / 1000) / 86_400;
  assert.ok(days > 29 && days <= 30, `${days} days`);
  assert.match(text, /^waypost_dns_queries_total\{transport="tls"\} [1-9]/m);
  assert.match(text, /^waypost_dns_queries_total\{transport="https"\} [1-9]/m);
  assert.match(text, /^waypost_dns_connections_accepted_total [1-9]/m);
  assert.match(text, /^waypost_dns_answer_seconds_count [1-9]/m);
});
