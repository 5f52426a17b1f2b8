import { readdirSync, readFileSync } from 'node:fs';

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

const ROOT = new URL('../../', import.meta.url);

export function sourceFiles(): SourceFile[] {
  return readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: `src/${path}`, text: readText(`src/${path}`), isTest: path.endsWith('.test.ts') }));
}

export function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Every module that a file names in an import, an export, `import()` or a worker's `new URL`. */
export function importsOf(file: SourceFile): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;
  return [...file.text.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

/** `src/core/dns/rdata/a.ts` is in the room `core/dns`, `src/api/api.ts` in `api`. */
export function roomOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'core' ? `core/${second}` : first;
}
