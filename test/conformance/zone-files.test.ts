import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lowerName, parseName, printName } from '../../src/core/dns/name.ts';
import { PresentationError } from '../../src/core/dns/presentation-error.ts';
import { rdataWire } from '../../src/core/dns/rdata-types.ts';
import { parseZoneText } from '../../src/core/dns/zone-text.ts';
import { lacks } from '../clients/member.ts';
import { checkSection, documented, table, versionOf } from './document.ts';
import { PEERS, PROGRAMS } from '../peers/programs.ts';
import { HEAD, ORIGIN, zoneFileCases } from './zone-file-cases.ts';

/** What each reference checks zone files with; all judgement of zones as a whole is off. */
const CHECKERS = {
  NSD: { path: '/usr/sbin/nsd-checkzone', parameters: (file: string) => [ORIGIN, file] },
  Knot: { path: '/usr/bin/kzonecheck', parameters: (file: string) => ['-o', ORIGIN, file] },
  BIND: {
    path: '/usr/bin/named-compilezone',
    parameters: (file: string) => {
      const off = ['-k', '-m', '-M', '-n', '-r', '-S', '-T', '-W'].flatMap((flag) => [flag, 'ignore']);
      return ['-q', '-i', 'none', ...off, '-o', '-', ORIGIN, file];
    },
  },
} as const;

const absent = PEERS.map((reference) => lacks(CHECKERS[reference].path)).includes(true);
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-zone-files-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const checked = new Map<string, string | undefined>();

/** What the checker writes; undefined when it refuses the text. */
function checkedBy(reference: keyof typeof CHECKERS, text: string): string | undefined {
  const key = `${reference} ${text}`;
  if (!checked.has(key)) checked.set(key, check(reference, text));
  return checked.get(key);
}

function check(reference: keyof typeof CHECKERS, text: string): string | undefined {
  const file = join(directory, 'zone');
  writeFileSync(file, text);
  const { path, parameters } = CHECKERS[reference];
  const { status, stdout } = spawnSync(path, parameters(file), { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout : undefined;
}

/** Records as owner, TTL, type and octets, sorted; undefined when we refuse the text. */
function recordsOf(text: string): string[] | undefined {
  try {
    return parseZoneText(text, parseName(ORIGIN))
      .map(({ name, ttlSeconds, type, text: data }) => {
        const octets = Buffer.from(rdataWire(type, data, 'zone-file')).toString('hex');
        return `${printName(lowerName(name))} ${ttlSeconds} ${type} ${octets}`;
      })
      .toSorted();
  } catch (error) {
    if (error instanceof PresentationError) return undefined;
    throw error;
  }
}

test('each piece of a zone file is read or refused as it should be', () => {
  const outcomes = zoneFileCases.map(({ text }) => [text, recordsOf(HEAD + text) === undefined ? 'refused' : 'read']);
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(zoneFileCases.map(({ text, ours }) => [text, ours])));
});

test.skipIf(absent)('what BIND and we read is the same records', () => {
  for (const { text } of zoneFileCases) {
    const [ours, theirs] = [recordsOf(HEAD + text), checkedBy('BIND', `${HEAD}${text}\n`)];
    if (ours !== undefined && theirs !== undefined) expect(ours, text).toEqual(recordsOf(theirs));
  }
});

test.skipIf(absent)('docs/conformance.md says who reads which', () => {
  const versions = PEERS.map((each) => `${each} ${versionOf(PROGRAMS[each].path, PROGRAMS[each].version)}`);
  const short = (text: string): string =>
    text.length > 60 ? `${text.slice(0, 24)} … ${text.length} characters` : text;
  const rows = zoneFileCases.map(({ text, ours, why }) => {
    const others = PEERS.map((each) => (checkedBy(each, `${HEAD}${text}\n`) === undefined ? 'refused' : 'read'));
    return [
      `\`${short(text).replaceAll('\n', '⏎').replaceAll('\r', '␍').replaceAll('\t', '⇥')}\``,
      ours,
      ...others,
      why,
    ];
  });
  if (process.env['WAYPOST_WRITE'] !== '1' && !documented(versions.join(' | '))) {
    console.log(`docs/conformance.md is about other versions than ${versions.join(', ')}: not compared`);
    return;
  }
  checkSection('zone files', table(['text', 'Waypost', ...versions, 'why'], rows));
});
