import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DisableHostedZoneDNSSECCommand,
  EnableHostedZoneDNSSECCommand,
  ListHostedZonesCommand,
} from '@aws-sdk/client-route-53';
import { writeMessage, NO_FLAGS } from '../src/core/dns/message.ts';
import { parseName } from '../src/core/dns/name.ts';
import { CLASS, OPCODE, TYPE } from '../src/core/dns/record-type.ts';
import { startMember, WAYPOST } from '../test/clients/member.ts';
import { addKeySigningKey } from '../test/dnssec/sign-zone.ts';
import { median } from './median.ts';

/**
 * Signing a large zone: how long EnableHostedZoneDNSSEC takes, and how long after it was sent the first answer is signed. A whole member, the
 * SDK, and questions for names that were not asked before, one each millisecond.
 *
 *   npm run bench enable [record sets] [rounds]
 */
const RECORD_SETS = Number(process.argv[2] ?? 100_000);
const ROUNDS = Number(process.argv[3] ?? 9);
const ASK_MILLISECONDS = 1;
const ORIGIN = 'large.test';
/** Its record, and the signature. */
const SIGNED_ANSWERS = 2;

const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'));
const data = join(directory, 'data');
const member = await startMember(data);
const client = member.client();
let asked = 0;

function question(): Uint8Array {
  asked += 1;
  return writeMessage(
    {
      id: asked & 0xffff,
      opcode: OPCODE.QUERY,
      rcode: 0,
      flags: NO_FLAGS,
      questions: [{ name: parseName(`h${asked % RECORD_SETS}.${ORIGIN}.`), type: TYPE.A, class: CLASS.IN }],
      answers: [],
      authorities: [],
      additionals: [],
      edns: { udpSize: 1232, extendedRcode: 0, version: 0, dnssecOk: true, options: [] },
    },
    512,
  );
}

/** Resolves when an answer has so many records. */
async function firstAnswerOf(records: number): Promise<void> {
  const socket = createSocket('udp4');
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('message', (answer) => {
    if (answer.readUInt16BE(6) === records) resolve();
  });
  const asking = setInterval(() => socket.send(question(), member.dnsPort, '127.0.0.1'), ASK_MILLISECONDS);
  await promise;
  clearInterval(asking);
  socket.close();
}

try {
  const file = join(directory, 'zone');
  const hosts = Array.from({ length: RECORD_SETS }, (_, at) => `h${at} 300 A 192.0.2.${at % 256}\n`).join('');
  writeFileSync(file, `$ORIGIN ${ORIGIN}.\n@ 300 SOA ns host 1 2 3 4 5\n@ 300 NS ns\nns 300 A 192.0.2.53\n${hosts}`);
  const environment = { ...process.env, WAYPOST_DATA: data };
  const { status, stderr } = spawnSync(WAYPOST, ['zone', 'import', file, '--create'], {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
  const { HostedZones } = await client.send(new ListHostedZonesCommand({}));
  const HostedZoneId = HostedZones?.[0]?.Id?.replace('/hostedzone/', '') ?? '';
  await addKeySigningKey(member, client, HostedZoneId, 'first');
  const enabled: number[] = [];
  const signed: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await firstAnswerOf(1);
    const begun = performance.now();
    const answered = firstAnswerOf(SIGNED_ANSWERS).then(() => signed.push(performance.now() - begun));
    await client.send(new EnableHostedZoneDNSSECCommand({ HostedZoneId }));
    enabled.push(performance.now() - begun);
    await answered;
    await client.send(new DisableHostedZoneDNSSECCommand({ HostedZoneId }));
  }
  const row = (name: string, all: readonly number[]): string =>
    `| ${name} | ${median(all).toFixed(0)} ms | ${Math.min(...all).toFixed(0)}–${Math.max(...all).toFixed(0)} ms |`;
  console.log(`${RECORD_SETS} record sets, ${ROUNDS} rounds\n\n| | median | range |\n|---|---|---|`);
  console.log(row('EnableHostedZoneDNSSEC', enabled));
  console.log(row('the first signed answer, from the call on', signed));
} finally {
  client.destroy();
  await member.stop();
  rmSync(directory, { recursive: true });
}
