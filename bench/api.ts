import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { SignatureV4 } from '@smithy/signature-v4';
import { KEY, startMember } from '../test/clients/member.ts';
import { median } from './median.ts';
import { lacksPowerDns, startPowerDns, type Backend } from './powerdns.ts';

/**
 * Changes of one record set, acknowledged and synced to disk, with many clients at once: Waypost's ChangeResourceRecordSets beside
 * a PATCH of PowerDNS's HTTP API. All servers run; one is asked at a time, in turns. The generator is this process, which signs
 * each request to Waypost (SigV4) and none to PowerDNS: its cost is Waypost's disadvantage.
 *
 *   npm run bench api [rounds] [seconds]        needs: pdns-server with pdns-backend-lmdb or pdns-backend-sqlite3, or both
 */
const ROUNDS = Number(process.argv[2] ?? 10);
const SECONDS = Number(process.argv[3] ?? 3);
const CLIENTS = 32;
const ZONE = 'bench.test.';

interface Target {
  readonly name: string;
  /** Whether the change that adds this host was acknowledged. */
  add(host: string): Promise<boolean>;
  stop(): Promise<void>;
}

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

/** Whether it was accepted. */
function send(url: URL, method: string, headers: Record<string, string>, body: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (answer) => {
      answer.resume().on('end', () => resolve((answer.statusCode as number) < 300));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error('not used');
  }
}

async function waypost(): Promise<Target> {
  const member = await startMember();
  const client = member.client();
  const made = await client.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: 'bench' }));
  client.destroy();
  const url = new URL(`/2013-04-01${made.HostedZone?.Id}/rrset`, member.url);
  const signer = new SignatureV4({ service: 'route53', region: 'us-east-1', credentials: KEY, sha256: Sha256 });
  return {
    name: 'Waypost',
    async add(host) {
      const body =
        '<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change>' +
        `<Action>CREATE</Action><ResourceRecordSet><Name>${host}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>` +
        '<ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes>' +
        '</ChangeBatch></ChangeResourceRecordSetsRequest>';
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: 'http:',
        hostname: url.hostname,
        port: Number(url.port),
        path: url.pathname,
        query: {},
        headers: { host: url.host, 'content-type': 'application/xml', 'content-length': String(body.length) },
        body,
      });
      return send(url, 'POST', headers, body);
    },
    stop: () => member.stop(),
  };
}

async function powerDns(backend: Backend): Promise<Target> {
  const server = await startPowerDns(backend);
  const headers = { ...server.headers, 'content-type': 'application/json' };
  const zones = new URL(`${server.url}/zones`);
  const made = await send(
    zones,
    'POST',
    headers,
    JSON.stringify({ name: ZONE, kind: 'Native', nameservers: ['ns1.bench.test.'] }),
  );
  if (!made) throw new Error(`PowerDNS with ${backend} does not make a zone`);
  const zone = new URL(`${server.url}/zones/${ZONE}`);
  const records = [{ content: '192.0.2.1', disabled: false }];
  return {
    name: `PowerDNS ${backend}`,
    add(host) {
      const rrsets = [{ name: host, type: 'A', ttl: 60, changetype: 'REPLACE', records }];
      return send(zone, 'PATCH', headers, JSON.stringify({ rrsets }));
    },
    stop: () => server.stop(),
  };
}

interface Run {
  readonly perSecond: number;
  /** PowerDNS with SQLite answers 500 to some changes when many come at once; they do not count as done. */
  readonly refused: number;
}

let hosts = 0;

async function measure(target: Target): Promise<Run> {
  const until = performance.now() + SECONDS * 1000;
  let acknowledged = 0;
  let refused = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      if (await target.add(`n${(hosts += 1)}.${ZONE}`)) acknowledged += 1;
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { perSecond: acknowledged / ((performance.now() - started) / 1000), refused };
}

const targets: Target[] = [await waypost()];
for (const backend of ['lmdb', 'sqlite3'] as const) {
  const missing = lacksPowerDns(backend);
  if (missing === undefined) targets.push(await powerDns(backend));
  else console.log(`left out: PowerDNS with ${backend}; ${missing} is not installed`);
}
try {
  const runs = new Map<Target, Run[]>(targets.map((target) => [target, []]));
  for (const target of targets) await measure(target);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const target of targets) runs.get(target)?.push(await measure(target));
    console.log(
      `round ${round}/${ROUNDS}: ${targets.map((each) => `${each.name} ${Math.round(runs.get(each)?.at(-1)?.perSecond ?? 0)}/s`).join(', ')}`,
    );
  }
  const own = runs.get(targets[0] as Target) as Run[];
  for (const [target, all] of runs) {
    const ratios = own.map((each, round) => each.perSecond / (all[round] as Run).perSecond);
    const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    console.log(
      `${target.name}: ${Math.round(median(all.map((each) => each.perSecond)))} changes/s, ` +
        `${all.reduce((sum, each) => sum + each.refused, 0)} refused; Waypost/${target.name} ${median(ratios).toFixed(2)} (${range})`,
    );
  }
} finally {
  agent.destroy();
  for (const target of targets) await target.stop();
}
