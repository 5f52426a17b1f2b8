import { printAddress, type Address } from '../edge/address.ts';
import type { CertificateFiles } from '../edge/tls/certificate.ts';
import { ConfigError } from './config-error.ts';

/** DNS over TLS and over HTTPS: name → [default, what it is]. */
export const tlsSettings = {
  WAYPOST_DOT: ['', 'addresses of DNS over TLS, such as 192.0.2.1:853,[2001:db8::1]:853; none unless set'],
  WAYPOST_DOH: ['', 'addresses of DNS over HTTPS, such as 192.0.2.1:443, at /dns-query; none unless set'],
  WAYPOST_TLS_CERTIFICATE: [
    '',
    'PEM file: the certificate and those that lead to its authority; read again when it changes',
  ],
  WAYPOST_TLS_KEY: ['', 'PEM file: its private key'],
} as const satisfies Record<string, readonly [string, string]>;

export type TlsSetting = keyof typeof tlsSettings;

export interface TlsConfig {
  readonly dot: readonly Address[];
  readonly doh: readonly Address[];
  readonly files: CertificateFiles;
}

/** Undefined when nothing is served by TLS; `dns` is where DNS without it is. Throws `ConfigError`. */
export function readTlsConfig(
  dns: readonly Address[],
  value: (setting: TlsSetting) => string,
  addresses: (setting: TlsSetting, text: string) => readonly Address[],
): TlsConfig | undefined {
  const [dot, doh] = (['WAYPOST_DOT', 'WAYPOST_DOH'] as const).map((setting) =>
    value(setting) === '' ? [] : addresses(setting, value(setting)),
  ) as [readonly Address[], readonly Address[]];
  // Sockets share their port with those of their kind, so the kernel would not say that two kinds have one.
  const taken = new Set(dns.map(printAddress));
  for (const [setting, all] of [['WAYPOST_DOT', dot] as const, ['WAYPOST_DOH', doh] as const]) {
    const twice = all.map(printAddress).find((each) => taken.has(each));
    if (twice !== undefined) throw new ConfigError(setting, `${twice} is used for something else`);
    all.map(printAddress).forEach((each) => taken.add(each));
  }
  const files = { certificate: value('WAYPOST_TLS_CERTIFICATE'), key: value('WAYPOST_TLS_KEY') };
  const user = dot.length > 0 ? 'WAYPOST_DOT' : doh.length > 0 ? 'WAYPOST_DOH' : undefined;
  if (user === undefined) {
    const idle = (['WAYPOST_TLS_CERTIFICATE', 'WAYPOST_TLS_KEY'] as const).find((setting) => value(setting) !== '');
    if (idle !== undefined) throw new ConfigError(idle, 'is for WAYPOST_DOT or WAYPOST_DOH, and neither is set');
    return undefined;
  }
  if (files.certificate === '') throw new ConfigError('WAYPOST_TLS_CERTIFICATE', `is needed with ${user}`);
  if (files.key === '') throw new ConfigError('WAYPOST_TLS_KEY', `is needed with ${user}`);
  return { dot, doh, files };
}
