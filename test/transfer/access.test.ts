import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TSIG_ERROR } from '../../src/core/dns/rdata/tsig.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { splitSigned } from '../../src/core/dns/signed-message.ts';
import { signRequest } from '../../src/transfer/tsig/signing.ts';
import { tsigAlgorithm, tsigKey, type TsigKey } from '../../src/transfer/tsig/tsig-key.ts';
import { lacks, run, WAYPOST } from '../clients/member.ts';
import { freePort } from '../free-port.ts';
import { Connection } from '../conformance/connection.ts';
import { SILENCE } from '../conformance/reply.ts';
import type { Peer } from '../peers/peer.ts';
import { PEERS, PROGRAMS } from '../peers/programs.ts';
import { makeCertificate, OPENSSL } from '../streams/make-certificate.ts';
import { framed, query } from '../streams/stream-client.ts';
import { digStatus, SIGNED } from './dig.ts';
import { eventually } from '../eventually.ts';
import { KEY_NAME, KEY_SECRET } from './key.ts';
import { startTransferPeer } from './peers.ts';
import { startWaypost, type Waypost } from './waypost.ts';
import { zoneText } from './zone-text.ts';

/** Who is let in, and how those are told who are not: over TLS, by IPv6, with signatures that are wrong, and one who does not read. */
const KDIG = '/usr/bin/kdig';
const tools = [...PEERS.map((name) => PROGRAMS[name].path), '/usr/bin/dig', KDIG, OPENSSL];
const absent = tools.map((path) => lacks(path)).includes(true);

const ORIGIN = 'access.example';
const BIG = 'big.example';
/** Several times what the kernel holds of a connection, on both sides. */
const BIG_RECORDS = 30_000;
const directory = mkdtempSync(join(tmpdir(), 'waypost-access-'));

let waypost: Waypost;
let dotPort: number;

function importZone(origin: string, text: string): void {
  const file = join(directory, origin);
  writeFileSync(file, text);
  const parameters = ['zone', 'import', file, '--zone', origin, '--create', '--take-apex'];
  const environment = { ...process.env, WAYPOST_DATA: waypost.data };
  const { status, stderr } = spawnSync(WAYPOST, parameters, { env: environment, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

beforeAll(async () => {
  if (absent) return;
  dotPort = await freePort();
  const { certificate, key } = makeCertificate(directory, 'ns1.example.com');
  waypost = await startWaypost(
    () => ({
      keys: { [KEY_NAME]: { algorithm: 'hmac-sha256', secret: KEY_SECRET } },
      out: [
        { zones: [ORIGIN], allow: [{ network: '127.0.0.1', key: KEY_NAME }, { network: '::1/128' }] },
        { zones: [BIG], allow: [{ network: '127.0.0.1' }] },
      ],
    }),
    (dnsPort) => ({
      WAYPOST_DNS: `127.0.0.1:${dnsPort},[::1]:${dnsPort}`,
      WAYPOST_DOT: `127.0.0.1:${dotPort}`,
      WAYPOST_TLS_CERTIFICATE: certificate,
      WAYPOST_TLS_KEY: key,
      // Longer than it takes to look twice, also on a busy machine.
      WAYPOST_TCP_IDLE_SECONDS: '5',
    }),
  );
  importZone(ORIGIN, '$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n');
  const many = Array.from({ length: BIG_RECORDS }, (_, n) => `n${n} TXT "${'x'.repeat(250)}"\n`);
  importZone(BIG, `$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n${many.join('')}`);
});
afterAll(async () => {
  await waypost?.stop();
  rmSync(directory, { recursive: true });
});

const kdig = (...parameters: readonly string[]): string =>
  run(KDIG, [...parameters, '+noall', '+answer', '+header', ORIGIN, 'AXFR']);
const KEY_PARAMETER = `hmac-sha256:${KEY_NAME}:${KEY_SECRET}`;

describe.skipIf(absent)('a zone is copied', () => {
  test('over TLS (RFC 9103), with the key only', () => {
    const at = ['@127.0.0.1', '-p', `${dotPort}`, '+tls'];
    expect(kdig(...at, '-y', KEY_PARAMETER)).toMatch(/SOA[^]*NS[^]*\bA\s+192\.0\.2\.1/);
    const { stdout, stderr } = spawnSync(KDIG, [...at, ORIGIN, 'AXFR'], { encoding: 'utf8' });
    expect(stdout + stderr).toContain('REFUSED');
  });

  test('by IPv6, by the rules of its network', () => {
    expect(kdig('@::1', '-p', `${waypost.dnsPort}`)).toMatch(/SOA[^]*NS[^]*\bA\s+192\.0\.2\.1/);
    const { stdout, stderr } = spawnSync(KDIG, ['@127.0.0.1', '-p', `${waypost.dnsPort}`, ORIGIN, 'AXFR'], {
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain('REFUSED');
  });

  test('a client that does not read is cut off, and others are answered meanwhile', async () => {
    const held = async (): Promise<number> => waypost.metric('waypost_dns_connections');
    await eventually('those before have gone', held, (seen) => seen === 0);
    const slow = connect(waypost.dnsPort, '127.0.0.1');
    await once(slow, 'connect');
    slow.on('error', () => {});
    slow.write(framed(query(1, `${BIG}.`, TYPE.AXFR)));
    await once(slow, 'readable');
    // It takes one octet and then nothing for longer than a connection may be idle; the kernel's buffers are full.
    expect(slow.read(1)).toHaveLength(1);
    const sent = await waypost.metric('waypost_zone_transfers_sent_total{kind="whole"}');
    expect(await held()).toBe(1);
    while ((await held()) > 0) {
      expect(await digStatus(waypost.dnsPort, '+norec', ...SIGNED, ORIGIN, 'SOA')).toBe('NOERROR');
    }
    expect(await waypost.metric('waypost_zone_transfers_sent_total{kind="whole"}')).toBe(sent);
    slow.destroy();
  });
});

describe.skipIf(absent)('what is signed wrongly is told as NSD, Knot and BIND tell it', () => {
  const peers: Peer[] = [];
  beforeAll(async () => {
    for (const name of PEERS) {
      const primary = new Map([[ORIGIN, zoneText(ORIGIN, 1, [])]]);
      const options = { port: await freePort(), ourPort: waypost.dnsPort, secondary: [], primary };
      peers.push(await startTransferPeer(name, options));
    }
  });
  afterAll(async () => {
    await Promise.all(peers.map((peer) => peer.stop()));
  });

  const key = (algorithm: string, secret = KEY_SECRET, name = KEY_NAME): TsigKey =>
    tsigKey(name, tsigAlgorithm(algorithm) ?? expect.fail(algorithm), Buffer.from(secret, 'base64'));
  const HOUR = 3600;
  const names = Object.fromEntries(Object.entries(TSIG_ERROR).map(([name, code]) => [code, name]));

  /** The rcode, the error of the signature, and how long the signature and what goes with it are. */
  async function told(port: number, signer: TsigKey, late: number): Promise<string> {
    const { bytes } = signRequest(query(0, `${ORIGIN}.`, TYPE.SOA), signer, Math.floor(Date.now() / 1000) - late);
    const connection = await Connection.open(port);
    const reply = await connection.exchange(bytes, 'tcp');
    connection.close();
    if (reply === SILENCE) return 'silence';
    const tsig = splitSigned(reply)?.tsig;
    const rcode = (reply[3] as number) & 15;
    if (tsig === undefined) return `rcode ${rcode}, unsigned`;
    return `rcode ${rcode}, ${names[tsig.error]}, MAC ${tsig.mac.length}, other ${tsig.other.length}`;
  }

  test.each([
    ['a good one', key('hmac-sha256'), 0, 'rcode 0, NOERROR, MAC 32, other 0'],
    ['another secret', key('hmac-sha256', 'b3RoZXI='), 0, 'rcode 9, BADSIG, MAC 0, other 0'],
    ['an unknown key', key('hmac-sha256', KEY_SECRET, 'other.example'), 0, 'rcode 9, BADKEY, MAC 0, other 0'],
    ['another algorithm', key('hmac-sha512'), 0, 'rcode 9, BADKEY, MAC 0, other 0'],
    ['a clock that is an hour late', key('hmac-sha256'), HOUR, 'rcode 9, BADTIME, MAC 32, other 6'],
    ['a clock that is an hour early', key('hmac-sha256'), -HOUR, 'rcode 9, BADTIME, MAC 32, other 6'],
    ['a MAC cut to half', key('hmac-sha256-128'), 0, 'rcode 9, BADTRUNC, MAC 32, other 0'],
  ])('%s', async (_what, signer, late, expected) => {
    expect(await told(waypost.dnsPort, signer, late)).toBe(expected);
    const theirs = await Promise.all(peers.map(async ({ name, port }) => `${name}: ${await told(port, signer, late)}`));
    expect(theirs).toContainEqual(expect.stringContaining(expected));
  });
});
