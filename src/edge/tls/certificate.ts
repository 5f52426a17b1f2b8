import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Where the operator keeps the certificate and its key: PEM files. */
export interface CertificateFiles {
  /** The server's certificate first, then those that lead to one that clients know. */
  readonly certificate: string;
  readonly key: string;
}

/** A certificate and a key that go together. Plain data: it goes to workers. */
export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The names that it is for, as it says them. */
  readonly names: string;
  /** Since the Unix epoch; from then on clients refuse it. */
  readonly expiresMilliseconds: number;
}

/** One of the files cannot be used. */
export class CertificateError extends Error {
  readonly file: keyof CertificateFiles;

  constructor(file: keyof CertificateFiles, what: string) {
    super(what);
    this.name = 'CertificateError';
    this.file = file;
  }
}

/** Reads both files. Throws `CertificateError`; an expired certificate is no error, because clients may be told to take it. */
export function readCertificate(files: CertificateFiles): Certificate {
  const certificatePem = read('certificate', files.certificate);
  const keyPem = read('key', files.key);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificatePem);
  } catch {
    throw new CertificateError('certificate', `${files.certificate} has no certificate in PEM`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(keyPem);
  } catch {
    throw new CertificateError('key', `${files.key} has no private key in PEM, or one that needs a passphrase`);
  }
  if (!certificate.checkPrivateKey(key)) {
    throw new CertificateError('key', `${files.key} is not the key of the certificate in ${files.certificate}`);
  }
  return {
    certificatePem,
    keyPem,
    names: certificate.subjectAltName ?? certificate.subject,
    expiresMilliseconds: certificate.validToDate.getTime(),
  };
}

function read(file: keyof CertificateFiles, path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist',
      EACCES: 'may not be read by this user',
      EISDIR: 'is a directory',
    };
    throw new CertificateError(file, `${path} ${reasons[code ?? ''] ?? `cannot be read (${code})`}`);
  }
}
