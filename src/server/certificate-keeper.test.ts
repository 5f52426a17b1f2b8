import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacks } from '../../test/clients/member.ts';
import { until } from '../../test/until.ts';
import { makeCertificate, OPENSSL } from '../../test/streams/make-certificate.ts';
import type { CertificateFiles } from '../edge/tls/certificate.ts';
import { keepCertificate, type CertificateKeeper } from './certificate-keeper.ts';

describe.skipIf(lacks(OPENSSL))('the certificate keeper', () => {
  let directory: string;
  let files: CertificateFiles;
  let keeper: CertificateKeeper | undefined;
  let told: string[];
  let renewed: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'waypost-keeper-'));
    files = makeCertificate(directory, 'first');
    told = [];
    renewed = [];
  });

  afterEach(() => {
    keeper?.stop();
    rmSync(directory, { recursive: true });
  });

  const keep = (kept: CertificateFiles, everyMilliseconds: number): CertificateKeeper => {
    keeper = keepCertificate({
      files: kept,
      renewed: ({ names }) => renewed.push(names.split(',')[0] as string),
      log: (level, message, details) => {
        const { reason } = details as { reason?: string };
        told.push(`${level}: ${message}${reason === undefined ? '' : `: ${reason}`}`);
      },
      everyMilliseconds,
    });
    return keeper;
  };

  test('hands on a pair that replaces the old one, by itself', async () => {
    keep(files, 10);
    const second = makeCertificate(directory, 'second');
    renameSync(second.key, files.key);
    renameSync(second.certificate, files.certificate);
    await until(() => renewed.includes('DNS:second'));
    expect(keeper?.current().names).toContain('second');
    expect(told.at(-1)).toBe('info: the TLS certificate');
  });

  test('sees a link that points elsewhere', async () => {
    const live = { certificate: join(directory, 'live.pem'), key: join(directory, 'live.key') };
    const link = (to: CertificateFiles): void => {
      for (const file of ['key', 'certificate'] as const) {
        symlinkSync(to[file], `${live[file]}.new`);
        renameSync(`${live[file]}.new`, live[file]);
      }
    };
    link(files);
    keep(live, 10);
    link(makeCertificate(directory, 'second'));
    await until(() => renewed.includes('DNS:second'));
  });

  test('keeps the old one when the new pair is bad, and takes the next good one', () => {
    const first = keep(files, 60_000);
    const second = makeCertificate(directory, 'second');
    copyFileSync(second.certificate, files.certificate);
    first.reload();
    writeFileSync(files.certificate, 'half a certif');
    first.reload();
    rmSync(files.certificate);
    first.reload();
    expect(renewed).toEqual([]);
    expect(first.current().names).toContain('first');
    const bad = 'error: the new TLS certificate cannot be used; the old one stays in use';
    expect(told).toEqual([
      'info: the TLS certificate',
      `${bad}: ${files.key} is not the key of the certificate in ${files.certificate}`,
      `${bad}: ${files.certificate} has no certificate in PEM`,
      `${bad}: ${files.certificate} does not exist`,
    ]);
    copyFileSync(second.certificate, files.certificate);
    copyFileSync(second.key, files.key);
    first.reload();
    expect(renewed).toEqual(['DNS:second']);
  });

  test('warns of one that has expired', () => {
    keep(makeCertificate(directory, 'old', -1), 60_000);
    expect(told).toEqual(['warn: the TLS certificate has expired']);
  });

  test.each([
    ['certificate', 'WAYPOST_TLS_CERTIFICATE'],
    ['key', 'WAYPOST_TLS_KEY'],
  ] as const)('does not start without the %s', (file, setting) => {
    rmSync(files[file]);
    expect(() => keep(files, 60_000)).toThrow(`${setting}: ${files[file]} does not exist`);
  });
});
