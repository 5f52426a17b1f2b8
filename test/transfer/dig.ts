import { execFile } from 'node:child_process';
import { KEY_NAME, KEY_SECRET } from './key.ts';

/** What dig says; transfers are asked for with the key of these tests. */
export const SIGNED = ['-y', `hmac-sha256:${KEY_NAME}:${KEY_SECRET}`];

export function dig(port: number, ...parameters: readonly string[]): Promise<string> {
  const all = ['@127.0.0.1', '-p', String(port), '+time=5', '+tries=1', '+nocookie', ...parameters];
  return new Promise((resolve) => {
    execFile('dig', all, { maxBuffer: 2 ** 28 }, (_error, stdout) => resolve(stdout));
  });
}

export async function digSerial(port: number, origin: string): Promise<number | undefined> {
  const text = await dig(port, '+short', '+norec', origin, 'SOA');
  const serial = Number(text.split(' ')[2]);
  return text.includes(' ') && Number.isInteger(serial) ? serial : undefined;
}

/** `status: REFUSED` and the like, of a query that is not a transfer. */
export async function digStatus(port: number, ...parameters: readonly string[]): Promise<string> {
  return /status: ([A-Z]+)/.exec(await dig(port, ...parameters))?.[1] ?? 'silence';
}

/** All records of a zone, sorted, spelled alike by all servers: lower-case, one space between fields. */
export async function digZone(port: number, origin: string, ...parameters: readonly string[]): Promise<string[]> {
  const text = await dig(port, '+noall', '+answer', '+onesoa', ...parameters, origin, 'AXFR');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return lines.map((line) => line.replaceAll(/\s+/g, ' ').toLowerCase()).sort();
}
