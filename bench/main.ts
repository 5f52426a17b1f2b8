import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `npm run bench` lists the benches; `npm run bench NAME [arguments]` runs one, `npm run bench all` every one. */
const BENCHES: Readonly<Record<string, string>> = {
  peers: 'CPU per UDP answer beside the name servers that are installed [--rounds 30] [--peers …] [workload …]',
  floor: "what of an answer's CPU is the kernel's and what is the answer's [rounds]",
  routed: 'CPU per answer that routing chooses, by a simple one, beside gdnsd and PowerDNS [rounds] [milliseconds]',
  signed: 'answers with signatures beside those without, and Knot; what is signed first beside OpenSSL [rounds] [ms]',
  enable: 'signing a large zone: until the call returns, and until the first answer is signed [record sets] [rounds]',
  flood: 'warm answers beside a flood of names that are not, in a signed zone [rounds] [milliseconds]',
  'health-checks':
    "how late 10,000 checks' probes begin and what they cost, beside blackbox_exporter [checks] [seconds]",
  failover: 'from the end of an endpoint until DNS answers with the secondary [checks] [rounds]',
  workers: 'two UDP workers beside one [rounds]',
  tcp: 'answers by TCP beside NSD and Knot [rounds] [milliseconds]',
  api: 'changes acknowledged per second beside PowerDNS [rounds] [seconds]',
  import: 'a zone file of any size [record sets] [sorted|shuffled] [directory]',
  scale: 'very many hosted zones in one store, beside NSD and Knot [zones] [zones of the others] [directory]',
  propagation: 'from the acknowledgement until every UDP worker serves a change [changes]',
};

function run(name: string, parameters: readonly string[]): number {
  console.log(`— ${name}: ${BENCHES[name]}`);
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return spawnSync(process.execPath, [file, ...parameters], { stdio: 'inherit' }).status ?? 1;
}

const [name, ...parameters] = process.argv.slice(2);
if (name === undefined) {
  console.log('Benches; keep the machine quiet meanwhile:\n');
  for (const [each, what] of Object.entries(BENCHES)) console.log(`  npm run bench ${each.padEnd(14)} ${what}`);
  console.log('  npm run bench all');
} else if (name === 'all') {
  for (const each of Object.keys(BENCHES)) process.exitCode = run(each, []) || (process.exitCode ?? 0);
} else if (name in BENCHES) {
  process.exitCode = run(name, parameters);
} else {
  console.error(`bench: there is no ${name}; there are ${Object.keys(BENCHES).join(', ')} and all`);
  process.exitCode = 2;
}
