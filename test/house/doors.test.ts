import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { doors } from './doors.ts';
import { importsOf, readText, roomOf, sourceFiles, type SourceFile } from './source-files.ts';

function refusedImports(file: SourceFile): string[] {
  const room = roomOf(file.path);
  const allowed = doors[room];
  if (allowed === undefined) return [`${file.path}: the room ${room} is not in the table of doors`];
  return importsOf(file)
    .filter((target) => !isAllowed(file, room, target, allowed))
    .map((target) => `${file.path} imports ${target}`);
}

function isAllowed(
  file: SourceFile,
  room: string,
  target: string,
  allowed: { rooms: readonly string[]; modules: readonly string[] },
): boolean {
  if (target.startsWith('.')) {
    const other = roomOf(posix.join(posix.dirname(file.path), target));
    return other === room || allowed.rooms.includes(other);
  }
  return allowed.modules.some((name) =>
    name === 'node' ? target.startsWith('node:') : target === name || target.startsWith(`${name}/`),
  );
}

test('rooms enter each other only through their doors', () => {
  expect(
    sourceFiles()
      .filter((file) => !file.isTest)
      .flatMap(refusedImports),
  ).toEqual([]);
});

/** What is left when files that import none of the others, or that none of the others imports, are taken away again and again. */
function circles(): string[] {
  const targets = new Map(
    sourceFiles().map((file) => [
      file.path,
      importsOf({ ...file, text: file.text.replaceAll(/^import type [^;]*;/gm, '') })
        .filter((target) => target.startsWith('.'))
        .map((target) => posix.join(posix.dirname(file.path), target)),
    ]),
  );
  for (let before = -1; before !== targets.size;) {
    before = targets.size;
    const imported = new Set([...targets.values()].flat());
    for (const [path, imports] of targets) {
      if (!imported.has(path) || !imports.some((target) => targets.has(target))) targets.delete(path);
    }
  }
  return [...targets.keys()];
}

test('no file imports itself by way of others, apart from types that name each other', () => {
  expect(circles()).toEqual([]);
});

test('ARCHITECTURE.md shows the same table', () => {
  const cell = (names: readonly string[]): string => names.join(' ') || '–';
  const rows = Object.entries(doors).map(([room, { rooms, modules }]) => [room, cell(rooms), cell(modules)]);
  const shown = readText('ARCHITECTURE.md')
    .split('\n')
    .map((line) => line.split('|').map((text) => text.trim()))
    .filter(([, room = '']) => room in doors)
    .map(([, room, , rooms, modules]) => [room, rooms, modules]);
  expect(shown).toEqual(rows);
});
