import { writeSync } from 'node:fs';
import { isRefusal } from '../../src/core/control/operation.ts';
import { openLog } from '../../src/log/log.ts';
import { createPropagation } from '../../src/log/propagation.ts';
import { settings } from './settings.ts';

/**
 * The program that gets killed: `appender.ts DIRECTORY IN-FLIGHT COUNT` makes a zone, then sends changes as fast as they are
 * acknowledged, IN-FLIGHT at a time, and prints `ack CHANGE-ID ZONE-ID HOST` for each, by a plain write(2), so that what was printed
 * survives it.
 */
const [directory = '', inFlight = '1', count = '1'] = process.argv.slice(2);

function fail(message: string): never {
  writeSync(2, `${message}\n`);
  process.exit(1);
}

const log = await openLog({
  directory,
  settings,
  propagation: createPropagation(),
  onCommitted: () => {},
  onFailure: fail,
  onFatal: (error) => fail(error.message),
});

const name = `run-${process.pid}-${Date.now()}.test`;
const made = await log.submit('CreateHostedZone', { name, callerReference: name }, 'durability');
if (isRefusal(made)) fail(made.message);
const { zone } = made.change as unknown as { readonly zone: { readonly id: string } };

let sent = 0;
async function sendInTurn(): Promise<void> {
  while (sent < Number(count)) {
    const host = `h${sent}`;
    sent += 1;
    const recordSet = { name: `${host}.${name}`, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'], policies: [] };
    const command = { hostedZoneId: zone.id, changes: [{ action: 'CREATE', recordSet }] };
    const outcome = await log.submit('ChangeResourceRecordSets', command, 'durability');
    if (isRefusal(outcome)) fail(`${outcome.refused}: ${outcome.message}`);
    writeSync(1, `ack ${outcome.change.id} ${zone.id} ${host}.${name}\n`);
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, sendInTurn));
await log.close();
