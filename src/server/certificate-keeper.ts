import { CertificateError, readCertificate, type Certificate, type CertificateFiles } from '../edge/tls/certificate.ts';
import { ConfigError } from './config-error.ts';
import { watchFiles } from './file-watch.ts';

/** Keeps the certificate that is in use, and hands on another one when the files hold it. */
export interface CertificateKeeper {
  current(): Certificate;
  /** Reads the files now, changed or not. */
  reload(): void;
  stop(): void;
}

export interface KeeperOptions {
  readonly files: CertificateFiles;
  renewed(certificate: Certificate): void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details: object) => void;
  /** How often the files are looked at. */
  readonly everyMilliseconds?: number;
}

/**
 * Reads the certificate; throws a `ConfigError` that names the setting. From then on it looks at the files from time to time. A pair
 * that cannot be used leaves the old one in use: of two files one is always replaced first.
 */
export function keepCertificate(options: KeeperOptions): CertificateKeeper {
  const { files, log } = options;
  let current = firstCertificate(files);
  tell(current, files, log);
  const read = (): void => {
    try {
      current = readCertificate(files);
      options.renewed(current);
      tell(current, files, log);
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      log('error', 'the new TLS certificate cannot be used; the old one stays in use', { reason: error.message });
    }
  };
  const watch = watchFiles([files.certificate, files.key], read, options.everyMilliseconds);
  return {
    current: () => current,
    reload() {
      watch.seen();
      read();
    },
    stop: () => watch.stop(),
  };
}

function firstCertificate(files: CertificateFiles): Certificate {
  try {
    return readCertificate(files);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigError(error.file === 'key' ? 'WAYPOST_TLS_KEY' : 'WAYPOST_TLS_CERTIFICATE', error.message);
  }
}

function tell(certificate: Certificate, files: CertificateFiles, log: KeeperOptions['log']): void {
  const details = {
    file: files.certificate,
    names: certificate.names,
    expires: new Date(certificate.expiresMilliseconds).toISOString(),
  };
  if (certificate.expiresMilliseconds <= Date.now()) log('warn', 'the TLS certificate has expired', details);
  else log('info', 'the TLS certificate', details);
}
