import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseNetwork } from '../core/dns/network.ts';
import { latenciesOf, readLatencyFile } from './latency-file.ts';
import { MeasuredLatencies } from './measured-latencies.ts';

const FILE = `network,region,milliseconds
# the office
203.0.113.0/24,eu-west-1,12.5
203.0.0.0/16,eu-west-1, 80

203.0.0.0/16,us-east-1,9
2001:db8::/32,us-east-1,7.125
`;

test.each([
  ['203.0.113.7', 'eu-west-1', 12.5, 24],
  ['203.0.113.0/25', 'eu-west-1', 12.5, 24],
  ['203.0.112.7', 'eu-west-1', 80, 24],
  // What is known of the client is wider than the longer network.
  ['203.0.112.0/20', 'eu-west-1', 80, 21],
  // The longer network was not measured from there: the shorter one counts.
  ['203.0.113.7', 'us-east-1', 9, 16],
  ['198.51.100.7', 'eu-west-1', NaN, 5],
  ['203.0.113.7', 'ap-south-1', NaN, 0],
  ['2001:db8::7', 'us-east-1', 7.125, 32],
  ['2001:db8::7', 'eu-west-1', NaN, 0],
] as const)('%s to %s takes %d ms, by %d bits', (client, region, milliseconds, bits) => {
  const latencies = new MeasuredLatencies(latenciesOf(FILE));
  const { address, prefixBits } = parseNetwork(client) as NonNullable<ReturnType<typeof parseNetwork>>;
  expect([latencies.milliseconds(address, prefixBits, region), latencies.bitsUsed]).toEqual([milliseconds, bits]);
});

test.each([
  ['192.0.2.0/24,eu-west-1', "line 1: '192.0.2.0/24,eu-west-1' is not network,region,milliseconds"],
  ['\n192.0.2.1/24,eu-west-1,1', "line 2: '192.0.2.1/24' is not a network like 192.0.2.0/24 or 2001:db8::/32"],
  ['192.0.2.0/24,mars-1,1', "line 1: 'mars-1' is not a region like eu-west-1"],
  ['192.0.2.0/24,eu-west-1,-1', "line 1: '-1' is not a number of milliseconds up to 60000"],
  ['192.0.2.0/24,eu-west-1,60001', "line 1: '60001' is not a number of milliseconds up to 60000"],
  [
    '192.0.2.0/24,eu-west-1,1\n192.0.2.0/24,us-east-1,1\n192.0.2.0/24,eu-west-1,2',
    'line 3: this network and region were in an earlier line',
  ],
])('%j is refused', (text, message) => expect(() => latenciesOf(text)).toThrow(message));

test('a file that cannot be read, or used, is named', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-latencies-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'latencies.csv');
  await expect(readLatencyFile(path)).rejects.toThrow(`${path}: cannot be read (ENOENT)`);
  writeFileSync(path, 'nonsense');
  await expect(readLatencyFile(path)).rejects.toThrow(`${path}: line 1: 'nonsense' is not`);
});
