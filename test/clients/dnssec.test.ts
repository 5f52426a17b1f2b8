import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lacks, startMember } from './member.ts';

/**
 * The README's signed zone, command by command, and then the way back. Only ports are others. What a `delv` should say stands behind it
 * as a comment.
 */
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const SECTION = '## A signed zone, seen from outside';
const skip = ['/usr/bin/aws', '/usr/bin/delv', '/usr/bin/dig'].some((tool) => lacks(tool));

/** The section's `sh` blocks, in which each `delv … # EXPECTED` looks for that line. */
function scriptOf(readme: string): string {
  const section = readme.slice(readme.indexOf(SECTION)).split('\n## ')[0] as string;
  const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] as string);
  return blocks.join('').replace(/^(delv .*?) +# (.+)$/gm, 'says "$2" $1');
}

const PRELUDE = `
set -euo pipefail
shopt -s expand_aliases
says() {
  local expected=$1
  shift
  "$@" > said 2>&1 || true
  if grep -qx "; $expected" said; then echo "saw $expected"; else cat said >&2; return 1; fi
}
`;

const WAY_BACK = `
status() { r53 get-dnssec --hosted-zone-id $zone --query '[Status.ServeSignature, KeySigningKeys[].Status]' --output text | xargs; }
refused() {
  local expected=$1
  shift
  if "$@" 2> said; then echo "accepted: $*" >&2; return 1; fi
  grep -q "$expected" said || { cat said >&2; return 1; }
}
deactivate() { r53 deactivate-key-signing-key --hosted-zone-id $zone --name my_ksk; }
delete_key() { r53 delete-key-signing-key --hosted-zone-id $zone --name my_ksk; }
delete_zone() { r53 delete-hosted-zone --id $zone; }
echo "status $(status)"
refused KeySigningKeyInUse deactivate
refused HostedZoneNotEmpty delete_zone
change=$(r53 disable-hosted-zone-dnssec --hosted-zone-id $zone --query ChangeInfo.Id --output text)
r53 wait resource-record-sets-changed --id $change
echo "status $(status)"
dig @127.0.0.1 -p 5300 bank.example SOA +dnssec | grep -q RRSIG && exit 1
refused InvalidKeySigningKeyStatus delete_key
deactivate
delete_key
echo "status $(status)"
delete_zone
kms schedule-key-deletion --key-id $key --pending-window-in-days 7
`;

test.skipIf(skip)('the signed zone of the README, command by command', { timeout: 400_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-dnssec-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const data = join(directory, 'data');
  mkdirSync(data);
  const member = await startMember(data);
  let stopped = false;
  onTestFinished(() => (stopped ? undefined : member.kill()));
  const script = `${PRELUDE}${scriptOf(readFileSync(README, 'utf8'))}${WAY_BACK}`
    .replaceAll('8053', new URL(member.url).port)
    .replaceAll('5300', `${member.dnsPort}`);
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-c', script], {
    cwd: directory,
    env: { ...member.environment, AWS_PAGER: '' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout.match(/^(saw|status|bank\.example\. DS) .*$/gm)).toEqual([
    expect.stringMatching(/^bank\.example\. DS [0-9]+ 13 2 [0-9A-F]{64}$/),
    'saw fully validated',
    'saw negative response, fully validated',
    'status SIGNING ACTIVE',
    'status NOT_SIGNING ACTIVE',
    'status NOT_SIGNING',
  ]);
  stopped = true;
  await member.stop();
});
