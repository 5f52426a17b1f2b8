import { expect, test } from 'vitest';
import { CODE_EVERYWHERE, CODE_UNKNOWN, geoCode } from './geo-code.ts';
import { GEO_LOCATIONS } from './geo-locations.ts';

test('every place that a set can name has a code of its own', () => {
  const codes = GEO_LOCATIONS.map(({ continent, country, subdivision }) =>
    geoCode({ continent: continent?.code, country: country?.code, subdivision: subdivision?.code }),
  );
  expect(new Set(codes).size).toBe(GEO_LOCATIONS.length);
  expect(codes).not.toContain(CODE_UNKNOWN);
  expect(codes.filter((code) => code !== (code | 0))).toEqual([]);
});

test.each([
  [{ country: '*' }, CODE_EVERYWHERE],
  [{ country: '' }, CODE_UNKNOWN],
  [{ continent: '' }, CODE_UNKNOWN],
  [{ country: 'US', subdivision: '' }, CODE_UNKNOWN],
  [{ country: 'US', subdivision: 'WXYZ' }, CODE_UNKNOWN],
  [{ country: 'us' }, CODE_UNKNOWN],
])('%j is %i', (coded, code) => expect(geoCode(coded)).toBe(code));

test.each([
  [
    { country: 'TR', subdivision: '34' },
    { country: 'TR', subdivision: '3' },
  ],
  [{ country: 'US', subdivision: 'CA' }, { country: 'CA' }],
  [{ country: 'NA' }, { continent: 'NA' }],
])('%j is not %j', (one, other) => expect(geoCode(one)).not.toBe(geoCode(other)));
