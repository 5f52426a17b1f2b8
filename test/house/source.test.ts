import { expect, test } from 'vitest';
import { sourceFiles, type SourceFile } from './source-files.ts';

const LINES_MAX = 450;
/** Drawers: names that say nothing about what is inside. */
const DRAWERS = /\/(utils?|helpers?|common|misc|types|index)(\.test)?\.ts$|\/(utils?|helpers?|common|misc)\//;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function pathsWhere(breaks: (file: SourceFile, code: string) => boolean): string[] {
  return sourceFiles()
    .filter((file) => breaks(file, withoutComments(file.text)))
    .map((file) => file.path);
}

const IMPURE =
  /'node:|\bBuffer\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bconsole\.|\basync\b|\bawait\b|\bPromise\b/;

test('files are short enough to read in one sitting', () => {
  expect(pathsWhere((file) => file.text.split('\n').length - 1 > LINES_MAX)).toEqual([]);
});

test('files are named for what is in them', () => {
  expect(pathsWhere((file) => DRAWERS.test(file.path))).toEqual([]);
});

test('the core is pure', () => {
  expect(pathsWhere((file, code) => file.path.startsWith('src/core/') && !file.isTest && IMPURE.test(code))).toEqual(
    [],
  );
});

test('there are no default exports', () => {
  expect(pathsWhere((_, code) => /^export default\b/m.test(code))).toEqual([]);
});

test('there are no barrels', () => {
  expect(pathsWhere((_, code) => /^export (type )?(\*|\{[^}]*\}) from\b/m.test(code))).toEqual([]);
});

test('nothing is any', () => {
  expect(
    pathsWhere((_, code) => /[:<|&(,] ?any\b(?! of)\s*[;,)>=|&[\]]|\bas any\b/.test(code.replace(/'[^'\n]*'/g, "''"))),
  ).toEqual([]);
});
