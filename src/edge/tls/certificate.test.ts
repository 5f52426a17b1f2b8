import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacks } from '../../../test/clients/member.ts';
import { makeCertificate, openssl, OPENSSL } from '../../../test/streams/make-certificate.ts';
import { CertificateError, readCertificate, type CertificateFiles } from './certificate.ts';

describe.skipIf(lacks(OPENSSL))('a certificate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-certificate-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);
  const good = makeCertificate(directory, 'good');
  const other = makeCertificate(directory, 'other');
  writeFileSync(at('empty'), '');
  openssl(['pkey', '-in', good.key, '-aes256', '-passout', 'pass:secret', '-out', at('locked')]);

  const refusal = (files: CertificateFiles): string => {
    try {
      readCertificate(files);
    } catch (error) {
      if (error instanceof CertificateError) return `${error.file}: ${error.message}`;
      throw error;
    }
    return 'none';
  };

  test('and its key go together', () => {
    const read = readCertificate(good);
    expect(read.names).toBe('DNS:good, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(read.expiresMilliseconds).toBeGreaterThan(Date.now());
  });

  test('of a chain the first counts', () => {
    const both = readCertificate(good).certificatePem + readCertificate(other).certificatePem;
    writeFileSync(at('chain'), both);
    expect(readCertificate({ certificate: at('chain'), key: good.key }).names).toContain('DNS:good');
    expect(refusal({ certificate: at('chain'), key: other.key })).toContain('is not the key');
  });

  test('that has expired is told by its date', () => {
    expect(readCertificate(makeCertificate(directory, 'old', -1)).expiresMilliseconds).toBeLessThan(Date.now());
  });

  test.each([
    ['certificate', 'nowhere', 'certificate: PATH does not exist'],
    ['certificate', '.', 'certificate: PATH is a directory'],
    ['certificate', 'empty', 'certificate: PATH has no certificate in PEM'],
    ['certificate', 'good.key', 'certificate: PATH has no certificate in PEM'],
    ['key', 'nowhere', 'key: PATH does not exist'],
    ['key', 'empty', 'key: PATH has no private key in PEM, or one that needs a passphrase'],
    ['key', 'locked', 'key: PATH has no private key in PEM, or one that needs a passphrase'],
    ['key', 'other.key', `key: PATH is not the key of the certificate in ${good.certificate}`],
  ] as const)('whose %s is %s is refused', (file, name, expected) => {
    expect(refusal({ ...good, [file]: at(name) })).toBe(expected.replace('PATH', at(name)));
  });
});
