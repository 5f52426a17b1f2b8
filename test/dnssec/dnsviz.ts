import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../clients/member.ts';
import { ADDRESS } from './tree.ts';

export const DNSVIZ = '/usr/bin/dnsviz';
const DIG = '/usr/bin/dig';
/** Debian's, whose modules dnsviz finds. */
const PYTHON = '/usr/bin/python3';

/** `dnsviz grok` looks for a version where Debian's pygraphviz does not have it any more. */
const GROK = `
import sys, types, pygraphviz
pygraphviz.release = types.SimpleNamespace(version='1.7')
from dnsviz.commands import grok
grok.main(sys.argv)
`;

/** What dnsviz thinks of names and of all zones above them, asked at the name servers from the root on. */
export interface Assessment {
  /** Errors and warnings: where, and what. */
  readonly faults: readonly { readonly severity: 'errors' | 'warnings'; readonly text: string }[];
  /** Of each zone that is delegated: `SECURE` and so on. */
  readonly delegations: Readonly<Record<string, string>>;
}

export function assess(names: readonly string[]): Assessment {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-dnsviz-'));
  const [keys, probed] = [join(directory, 'keys'), join(directory, 'probed')];
  writeFileSync(keys, run(DIG, [`@${ADDRESS.root}`, '+noall', '+answer', '.', 'DNSKEY']));
  const root = ['-4', '-A', '-a', '.', '-x', `.:a.root=${ADDRESS.root}`];
  run(DNSVIZ, ['probe', ...root, '-o', probed, ...names]);
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', GROK, '-t', keys, '-l', 'info', '-r', probed], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  rmSync(directory, { recursive: true });
  if (status !== 0) throw new Error(`dnsviz grok: ${stderr}`);
  const all = JSON.parse(stdout) as Record<string, { readonly delegation?: { readonly status?: string } }>;
  const delegations = Object.entries(all).flatMap(([zone, { delegation }]): [string, string][] =>
    delegation?.status === undefined ? [] : [[zone, delegation.status]],
  );
  return { faults: [...faultsIn(all, [])], delegations: Object.fromEntries(delegations) };
}

function* faultsIn(node: unknown, path: readonly string[]): Generator<Assessment['faults'][number]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'errors' && key !== 'warnings') yield* faultsIn(value, [...path, key]);
    else
      for (const { description } of value as { readonly description: string }[])
        yield { severity: key, text: `${path.join(' ')}: ${description}` };
  }
}
