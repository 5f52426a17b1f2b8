import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/edge/tls/certificate.ts';

export const OPENSSL = '/usr/bin/openssl';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate that openssl makes just now, signed by itself, for `name` and the loopback addresses. With -1 days it has expired. */
export function makeCertificate(directory: string, name: string, days = 30): CertificateFiles {
  const certificate = join(directory, `${name}.pem`);
  const key = join(directory, `${name}.key`);
  const request = join(directory, `${name}.csr`);
  const extensions = join(directory, `${name}.ext`);
  writeFileSync(extensions, `subjectAltName=DNS:${name},IP:127.0.0.1,IP:::1\n`);
  openssl(['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
  const signing = ['-signkey', key, '-days', String(days), '-extfile', extensions, '-out', certificate];
  openssl(['x509', '-req', '-in', request, ...signing]);
  return { certificate, key };
}

export function openssl(parameters: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(OPENSSL, parameters, { encoding: 'utf8', input, timeout: 20_000 });
  if (status !== 0) throw new Error(`openssl ${parameters.join(' ')}: ${stderr}`);
  return stdout;
}
