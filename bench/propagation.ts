import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { startMember } from '../test/clients/member.ts';

/** From the acknowledgement of a change, as an SDK client sees it, to its first answer over UDP, asked again and again. */
const CHANGES = 1000;

function query(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([Buffer.from('000100000001000000000000', 'hex'), ...labels, Buffer.from('0000010001', 'hex')]);
}

const member = await startMember();
const client = member.client();
const socket = createSocket('udp4');
socket.connect(member.dnsPort, '127.0.0.1');
await once(socket, 'connect');
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
  for (let answers = 0; answers === 0;) {
    socket.send(query(`n${n}.bench.test`));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    answers = answer.readUInt16BE(6);
  }
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const at = (part: number): string => (times[Math.floor(part * (times.length - 1))] ?? NaN).toFixed(2);
console.log(
  `acknowledged to served by UDP, ${CHANGES} changes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`,
);
socket.close();
client.destroy();
await member.stop();
