import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeName } from '../../src/core/dns/record-type.ts';
import type { Question, Verdict } from './validator.ts';

/** BIND's validator as a command. */
export const DELV = '/usr/bin/delv';

export interface Delv {
  /** `suspicious`: also what its resolver would not let through (CD). That may be what the resolver has not looked at yet, and is not whole. */
  ask(question: Question, suspicious?: boolean): Promise<{ readonly verdict: Verdict; readonly said: string }>;
  close(): void;
}

/** Fetches everything by way of a resolver, and judges it by itself, by the same trust anchor: DS rdata. */
export function openDelv(resolver: string, anchor: string): Delv {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-delv-'));
  const file = join(directory, 'anchor');
  const [tag, algorithm, digestType, ...digest] = anchor.split(' ');
  writeFileSync(file, `trust-anchors { . static-ds ${tag} ${algorithm} ${digestType} "${digest.join('')}"; };\n`);
  return {
    async ask({ name, type }, suspicious = false) {
      const flag = suspicious ? '+cdflag' : '+nocdflag';
      const parameters = [`@${resolver}`, '-a', file, '+root=.', flag, '-q', name, '-t', typeName(type)];
      for (;;) {
        const said = await outputOf(DELV, parameters);
        // That is said of the machine, and of no answer.
        if (!/resolution failed: (timed out|operation canceled)/.test(said)) return { verdict: verdictOf(said), said };
      }
    },
    close: () => rmSync(directory, { recursive: true }),
  };
}

function verdictOf(said: string): Verdict {
  if (/^; (negative response, )?fully validated$/m.test(said)) return 'SECURE';
  if (/^; (negative response, )?unsigned answer$/m.test(said)) return 'INSECURE';
  return /resolution failed: (broken trust chain|RRSIG failed|insecurity proof failed|no valid|verify failure|not insecure|must-be-secure)/.test(
    said,
  )
    ? 'BOGUS'
    : 'FAILED';
}

/** Most of a delv's time goes into tables of thousands of locks: with pages of 2 MiB it takes half as long. */
const MALLOC_CONF = 'thp:always,metadata_thp:always';

function outputOf(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      command,
      parameters,
      { timeout: 120_000, env: { ...process.env, MALLOC_CONF } },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
}
