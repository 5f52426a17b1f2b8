import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { isRefusal } from '../../src/core/control/operation.ts';
import { listResourceRecordSets } from '../../src/core/control/record-sets/list-resource-record-sets.ts';
import { STORE_FILE } from '../../src/store/store.ts';
import { freePort } from '../free-port.ts';
import { openBareMember } from '../members/bare-member.ts';
import { settings } from './settings.ts';

/**
 * Hours of changes, as fast as the disk takes them, under readers of every kind: workers that answer, workers that nobody asks, a
 * front door that reads page after page, and a snapshot that moves on with the zone. The file must level off: a commit replaces some
 * forty kilobytes of pages, so a single reader that holds on to one would show at once. For contrast, one does in the end.
 *
 * What grows by design: of each change its id for ever (GetChange), an entry of the log for the next ten thousand changes, and one
 * of the zone's history for the next thousand. WAYPOST_COMMITS=60000 goes beyond these and shows the ids alone.
 */
const COMMITS = Number(process.env['WAYPOST_COMMITS'] ?? 6000);
const NAMES = 2000;
const KEPT_OCTETS_MAX = 2048;
const PINNED_OCTETS_MIN = 8192;
const PARTS = 5;
/** What grew while a reader was held up is free again, and has to be used up before a page that is held shows. */
const PINNED_ROUNDS_MAX = 20;

const directory = mkdtempSync(join(tmpdir(), 'waypost-readers-'));
const member = await openBareMember(directory, settings);
const { log } = member;
const port = await freePort();
await member.serve({ port, udpWorkers: 2, planBytesMax: 2 ** 24 });

const created = { name: 'readers.test', callerReference: '1' };
const { zone } = await member.submit<HostedZoneCreated>('CreateHostedZone', created);
const fileSize = (): number => statSync(join(directory, STORE_FILE)).size;

/** Changes record sets all over the zone, one commit each; gives by how many octets the file grew for each. */
async function change(commits: number): Promise<number> {
  const before = fileSize();
  for (let at = 0; at < commits; at += 1) {
    const recordSet = {
      name: `h${(at * 7919) % NAMES}.readers.test`,
      type: 'TXT',
      ttlSeconds: 60,
      values: [`"${String(at).padEnd(100 + (at % 100), 'x')}"`],
      policies: [],
    };
    const command = { hostedZoneId: zone.id, changes: [{ action: 'UPSERT', recordSet }] };
    await member.submit('ChangeResourceRecordSets', command);
  }
  return Math.round((fileSize() - before) / commits);
}

/** One query at a time, for as long as it is answered: one of the two workers has work, the other none. */
const client = createSocket('udp4');
const query = Buffer.from('000100000001000000000000026837077265616465727304746573740000100001', 'hex');
client.on('message', () => client.send(query, port, '127.0.0.1'));
client.send(query, port, '127.0.0.1');

let reading = true;
let pages = 0;
const frontDoor = async (): Promise<void> => {
  for (let startName = 'readers.test'; reading; pages += 1) {
    const page = listResourceRecordSets.read(
      log.view(),
      { hostedZoneId: zone.id, startName, maxItems: 300 },
      undefined as never,
    );
    if (isRefusal(page)) throw new Error(page.message);
    startName = page.next?.name ?? 'readers.test';
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const snapshot = log.snapshot();
const advancing = setInterval(() => snapshot.advance(() => true), 100);

try {
  const door = frontDoor();
  await change(Math.max(COMMITS / 4, NAMES));
  console.log(`after the first names: ${(fileSize() / 2 ** 20).toFixed(1)} MiB`);
  const growths: number[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    growths.push(await change(COMMITS / PARTS));
    console.log(
      `${(COMMITS / PARTS) * (part + 1)} commits later: ${(fileSize() / 2 ** 20).toFixed(1)} MiB, ${growths.at(-1)} octets a commit`,
    );
  }
  reading = false;
  await door;
  clearInterval(advancing);
  let pinned = 0;
  for (let left = PINNED_ROUNDS_MAX; left > 0 && pinned < PINNED_OCTETS_MIN; left -= 1)
    pinned = await change(COMMITS / 20);
  console.log(`${pages} pages were read meanwhile; with a snapshot that does not move on: ${pinned} octets a commit`);
  // A reader that the machine holds up for a moment makes one part grow, and one that keeps pages every part.
  const grown = growths.toSorted((a, b) => a - b)[Math.floor(PARTS / 2)] as number;
  const levels = grown <= KEPT_OCTETS_MAX && pinned >= PINNED_OCTETS_MIN;
  if (!levels)
    console.error(`a commit may keep ${KEPT_OCTETS_MAX} octets, and does not pin less than ${PINNED_OCTETS_MIN}`);
  console.log(levels ? '1 passed, 0 failed' : '0 passed, 1 failed');
  process.exitCode = levels ? 0 : 1;
} finally {
  client.close();
  snapshot.close();
  await member.close();
  rmSync(directory, { recursive: true });
}
