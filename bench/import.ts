import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { WAYPOST } from '../test/clients/member.ts';
import { cpuSeconds, processMemory } from './process-memory.ts';

/**
 * `waypost zone import` of one zone, as a user does it: the time of the whole command, from its start to its end, with the file read,
 * sorted, judged and synced to disk; memory as it goes. Then the same file again (nothing changes), and export.
 *
 *   npm run bench import [record sets] [sorted|shuffled] [directory]
 */
const RECORD_SETS = Number(process.argv[2] ?? 1_000_000);
const ORDER = process.argv[3] ?? 'shuffled';
const SAMPLE_MILLISECONDS = 200;
/** The end of what a command that failed said. */
const SAID_MAX = 1000;
/** Prime to every power of two and of ten: each host comes once, far from the one before. */
const STRIDE = 7_368_787;

const directory = mkdtempSync(join(process.argv[4] ?? process.cwd(), 'bench-import-'));

async function writeZone(file: string): Promise<void> {
  const stream = createWriteStream(file);
  let text =
    '$TTL 300\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 86400\n  NS ns1.example.net.\n';
  for (let at = 0; at < RECORD_SETS; at += 1) {
    const host = ORDER === 'sorted' ? at : (at * STRIDE) % RECORD_SETS;
    text += line(String(host).padStart(8, '0'), host);
    if (text.length < 2 ** 20) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}

/** Mostly addresses, as zones are. */
function line(host: string, number: number): string {
  switch (number % 10) {
    case 0:
      return `h${host} AAAA 2001:db8::${(number % 65_536).toString(16)}\n`;
    case 1:
      return `h${host} CNAME www.example.net.\n`;
    case 2:
      return `h${host} 60 TXT "v=spf1 include:_spf.example.net -all"\n`;
    case 3:
      return `h${host} MX 10 mail.example.net.\n`;
    default:
      return `h${host} A 192.0.2.${number % 256}\n`;
  }
}

interface Sample {
  readonly seconds: number;
  readonly what: string;
  readonly own: number;
  readonly mapped: number;
}

async function run(args: readonly string[]): Promise<{ seconds: number; cpu: number; samples: Sample[] }> {
  const started = performance.now();
  const child = spawn(WAYPOST, ['zone', ...args, '--data', join(directory, 'data')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The zone has a SOA and an NS besides.
    env: { ...process.env, WAYPOST_QUOTA_RECORD_SETS: String(RECORD_SETS + 2) },
  });
  let what = '';
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = `${said}${String(text)}`.slice(-SAID_MAX);
    what = /^([^:\n]*):/.exec(String(text))?.[1] ?? what;
  });
  child.stdout.on('data', (text: Buffer) => console.log(`  ${String(text).trim().split('\n')[0]}`));
  const samples: Sample[] = [];
  let cpu = 0;
  const sampler = setInterval(() => {
    try {
      cpu = cpuSeconds(child.pid as number);
      samples.push({ seconds: (performance.now() - started) / 1000, what, ...processMemory(child.pid as number) });
    } catch {
      // It has just ended.
    }
  }, SAMPLE_MILLISECONDS);
  const [code] = (await once(child, 'exit')) as [number];
  clearInterval(sampler);
  if (code !== 0) throw new Error(`${args[0]} failed: ${said}`);
  return { seconds: (performance.now() - started) / 1000, cpu, samples };
}

function report(name: string, { seconds, cpu, samples }: { seconds: number; cpu: number; samples: Sample[] }): void {
  const rate = Math.round(RECORD_SETS / seconds).toLocaleString('en-US');
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${rate} record sets/s, ${((cpu / RECORD_SETS) * 1e6).toFixed(1)} µs CPU each`,
  );
  const tenths = Array.from({ length: 10 }, (_, at) =>
    samples.filter((each) => Math.floor((each.seconds / seconds) * 10) === at),
  );
  const own = tenths.map((each) => Math.round(Math.max(0, ...each.map((sample) => sample.own))));
  const mapped = tenths.map((each) => Math.round(Math.max(0, ...each.map((sample) => sample.mapped))));
  console.log(`  own memory, MiB, by tenths of the time: ${own.join(' ')}; of the mapped store: ${mapped.join(' ')}`);
}

try {
  const file = join(directory, 'zone');
  const again = join(directory, 'again');
  mkdirSync(join(directory, 'data'));
  await writeZone(file);
  console.log(
    `${RECORD_SETS.toLocaleString('en-US')} record sets, ${ORDER}, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`,
  );
  report('import', await run(['import', file, '--zone', 'example.com', '--create']));
  console.log(
    `  store: ${(statSync(join(directory, 'data', 'waypost.mdb')).size / RECORD_SETS).toFixed(0)} octets a record set`,
  );
  report('import again', await run(['import', file, '--zone', 'example.com', '--replace']));
  report('export', await run(['export', 'example.com', '--output', again]));
} finally {
  rmSync(directory, { recursive: true });
}
