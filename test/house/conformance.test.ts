import { expect, test } from 'vitest';
import { ALLOWED } from '../conformance/differences.ts';
import { checkSection, table } from '../conformance/document.ts';
import { requirements } from '../conformance/rfc-checklist.ts';
import { EXCUSES } from '../dnssec/excuses.ts';
import { readText } from './source-files.ts';

test('docs/conformance.md lists the differences that are allowed', () => {
  const rows = ALLOWED.map(({ name, from, parts, reason }) => [name, from.join(', '), parts.join(', '), reason]);
  checkSection('differences', table(['difference', 'from', 'in', 'why'], rows));
});

test('docs/conformance.md lists what RFCs require', () => {
  const rows = requirements.map(({ rfc, requirement, tested }) => {
    if (typeof tested === 'string') return [rfc, requirement, tested];
    return [rfc, requirement, tested.map(([file, words]) => `${file}: ${words}`).join('<br>')];
  });
  checkSection('requirements', table(['RFC', 'requirement', 'tested in'], rows));
});

test('docs/conformance.md lists where validators go wrong', () => {
  const rows = EXCUSES.map(({ from, of, reason }) => [from, of, reason]);
  checkSection('validator troubles', table(['validator', 'what', 'why'], rows));
});

test('every requirement is tested where it says', () => {
  const lost = requirements.flatMap(({ rfc, tested }) =>
    typeof tested === 'string'
      ? []
      : tested.filter(([file, words]) => !readText(file).includes(words)).map((each) => `${rfc}: ${each.join(': ')}`),
  );
  expect(lost).toEqual([]);
});
