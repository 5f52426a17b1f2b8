import { writeSync } from 'node:fs';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import type { ChangeBase } from '../../src/core/control/operation.ts';
import { openBareMember } from '../members/bare-member.ts';
import { settings } from './settings.ts';

/**
 * The program that gets killed: `appender.ts DIRECTORY IN-FLIGHT COUNT` makes a zone, then sends changes as fast as they are
 * acknowledged, IN-FLIGHT at a time, and prints `ack CHANGE-ID ZONE-ID HOST` for each, by a plain write(2), so that what was printed
 * survives it.
 */
const [directory = '', inFlight = '1', count = '1'] = process.argv.slice(2);

const member = await openBareMember(directory, settings);
const name = `run-${process.pid}-${Date.now()}.test`;
const { zone } = await member.submit<HostedZoneCreated>('CreateHostedZone', { name, callerReference: name });

let sent = 0;
async function sendInTurn(): Promise<void> {
  while (sent < Number(count)) {
    const host = `h${sent}`;
    sent += 1;
    const recordSet = { name: `${host}.${name}`, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'], policies: [] };
    const command = { hostedZoneId: zone.id, changes: [{ action: 'CREATE', recordSet }] };
    const { id } = await member.submit<ChangeBase>('ChangeResourceRecordSets', command);
    writeSync(1, `ack ${id} ${zone.id} ${host}.${name}\n`);
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, sendInTurn));
await member.close();
