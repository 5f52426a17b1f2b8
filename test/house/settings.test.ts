import { expect, test } from 'vitest';
import { settings, type Setting } from '../../src/server/config.ts';
import { readText } from './source-files.ts';

/** The rows of README's table: the settings of the first cell, and the second cell. */
const rows = readText('README.md')
  .split('\n')
  .filter((line) => line.startsWith('| `WAYPOST_'))
  .map((line) => {
    const [first = '', second = ''] = line.split('|').slice(1);
    return { names: first.match(/WAYPOST_[A-Z0-9_]+/g) ?? [], default: second.trim() };
  });

test("README's table has every setting once, and no other", () => {
  expect(rows.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(settings).toSorted());
});

test("README's table has the defaults that the settings have", () => {
  const told = rows.map((row) => [row.names.join(), row.default]);
  const real = rows.map((row) => {
    const known = row.names.map((name) => settings[name as Setting][0]).filter(Boolean);
    // What is not set may have a default that is worked out, which is told in words.
    return [row.names.join(), known.length === 0 ? row.default : known.map((text) => `\`${text}\``).join(', ')];
  });
  expect(told).toEqual(real);
});
