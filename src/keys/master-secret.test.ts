import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepMasterSecretFile, parseMasterSecret, readMasterSecretFile } from './master-secret.ts';

const SECRET = Buffer.from(Array.from({ length: 32 }, (_, at) => 255 - at));
const HEX = SECRET.toString('hex');

test.each([
  ['hexadecimal', HEX],
  ['with a line end', `${HEX}\n`],
  ['in upper case', HEX.toUpperCase()],
  ['base64', SECRET.toString('base64')],
  ['base64 without its end', SECRET.toString('base64').slice(0, -1)],
])('a secret is %s', (_, text) => {
  expect(Buffer.from(parseMasterSecret(text)).toString('hex')).toBe(HEX);
});

test.each([
  ['nothing', ''],
  ['too short', HEX.slice(2)],
  ['too long', `${HEX}00`],
  ['base64 of 31 octets', SECRET.subarray(1).toString('base64')],
  ['base64 of 33 octets', Buffer.concat([SECRET, SECRET.subarray(0, 1)]).toString('base64')],
  ['no number', 'correct horse battery staple'],
])('%s is no secret, and is not shown', (_, text) => {
  expect(() => parseMasterSecret(text)).toThrow('is not 32 octets in hexadecimal (64 digits) or base64');
});

describe('a file', () => {
  let directory = '';
  const at = (name: string) => join(directory, name);
  const data = () => at('data');
  const write = (name: string, text: string, mode = 0o600) => {
    writeFileSync(at(name), text);
    chmodSync(at(name), mode);
    return at(name);
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'waypost-master-'));
    mkdirSync(data());
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('that is made is readable by its owner only, and read again', () => {
    keepMasterSecretFile(at('made'), SECRET);
    expect(statSync(at('made')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('made'), 'utf8')).toBe(`${HEX}\n`);
    expect(readMasterSecretFile(at('made'), data())).toEqual(SECRET);
  });

  test('is never made over another one', () => {
    write('there', HEX);
    expect(() => keepMasterSecretFile(at('there'), SECRET)).toThrow(/there was made by another process just now$/);
    expect(readFileSync(at('there'), 'utf8')).toBe(HEX);
    expect(readdirSync(directory).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('that cannot be made says why', () => {
    expect(() => keepMasterSecretFile(at('nowhere/key'), SECRET)).toThrow(/cannot make .*key \(ENOENT\)$/);
  });

  test('that is not there is undefined', () => {
    expect(readMasterSecretFile(at('absent'), data())).toBeUndefined();
  });

  test.each<[string, () => string, RegExp]>([
    ['readable by its group', () => write('a', HEX, 0o640), /a can be used by others than its owner \(mode 640\)/],
    ['writable by others', () => write('b', HEX, 0o602), /b can be used by others than its owner \(mode 602\)/],
    ['of the wrong length', () => write('c', HEX.slice(1)), /c does not hold 32 octets/],
    ['empty', () => write('d', ''), /d does not hold 32 octets/],
    ['of many octets', () => write('e', HEX.repeat(100)), /e is longer than any secret/],
    ['a pipe', () => (spawnSync('mkfifo', ['-m', '600', at('p')]), at('p')), /p is not a file/],
    ['a directory', () => (mkdirSync(at('f')), at('f')), /f is not a file/],
    ['in the data directory', () => write('data/key', HEX), /key is inside the data directory/],
    ['in the data directory and absent', () => at('data/deep/key'), /key is inside the data directory/],
    [
      'in the data directory by a link',
      () => (write('data/real', HEX), symlinkSync(at('data/real'), at('link')), at('link')),
      /link is inside the data directory/,
    ],
  ])('%s is refused', (_, make, message) => {
    const path = make();
    expect(() => readMasterSecretFile(path, data())).toThrow(message);
  });

  test('beside a data directory whose name begins the same is right', () => {
    expect(readMasterSecretFile(write('data.master-key', HEX), data())).toEqual(SECRET);
  });
});
