import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** docs/conformance.md: sections between markers say what the code and the servers say, and tests hold them to it. */
const FILE = new URL('../../docs/conformance.md', import.meta.url);

/** Fails when the document says something else; with `WAYPOST_WRITE=1`, writes it down. */
export function checkSection(name: string, text: string): void {
  const document = readFileSync(FILE, 'utf8');
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->\n`];
  const [from, to] = [document.indexOf(begin) + begin.length, document.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`docs/conformance.md has no section ${name}`);
  if (process.env['WAYPOST_WRITE'] === '1') writeFileSync(FILE, document.slice(0, from) + text + document.slice(to));
  else
    expect(document.slice(from, to), `docs/conformance.md, ${name}: WAYPOST_WRITE=1 brings it up to date`).toBe(text);
}

/** What the document says now. */
export function documented(text: string): boolean {
  return readFileSync(FILE, 'utf8').includes(text);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

/** A program's version as it says itself: `nsd -v` and the like. */
export function versionOf(program: string, parameters: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version';
}
