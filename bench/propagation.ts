import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { startMember } from '../test/clients/member.ts';

/**
 * From the acknowledgement of a change, as an SDK client sees it, until every UDP worker serves it. The kernel picks a worker by
 * the client's address and port, so that many ports reach them all (with 32, a given worker of four is missed once in 10,000);
 * each port asks again and again until it is told the new record.
 *
 *   npm run bench propagation [changes]
 */
const CHANGES = Number(process.argv[2] ?? 500);
const PORTS = 32;

function query(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([Buffer.from('000100000001000000000000', 'hex'), ...labels, Buffer.from('0000010001', 'hex')]);
}

async function untilServed(socket: Socket, question: Buffer): Promise<void> {
  for (let answers = 0; answers === 0;) {
    socket.send(question);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    answers = answer.readUInt16BE(6);
  }
}

const member = await startMember();
const client = member.client();
const sockets = await Promise.all(
  Array.from({ length: PORTS }, async () => {
    const socket = createSocket('udp4');
    socket.connect(member.dnsPort, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }),
);
const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'bench.test', CallerReference: '1' }));
const times: number[] = [];
for (let n = 0; n < CHANGES; n += 1) {
  const ResourceRecordSet = {
    Name: `n${n}.bench.test`,
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  };
  const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }));
  const start = performance.now();
  const question = query(`n${n}.bench.test`);
  await Promise.all(sockets.map((socket) => untilServed(socket, question)));
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const at = (part: number): string => (times[Math.floor(part * (times.length - 1))] ?? NaN).toFixed(2);
console.log(
  `acknowledged to served on ${PORTS} ports, ${CHANGES} changes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`,
);
for (const socket of sockets) socket.close();
client.destroy();
await member.stop();
