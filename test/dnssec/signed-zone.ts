import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../clients/member.ts';

export const SIGNING_TOOLS = [
  '/usr/bin/dnssec-keygen',
  '/usr/bin/dnssec-signzone',
  '/usr/bin/dnssec-dsfromkey',
  '/usr/bin/dig',
];

/** A zone as BIND's tools sign it, with keys of its own. */
export interface ZoneKeys {
  readonly origin: string;
  /** The rdata of its DS record, in presentation format. */
  readonly ds: string;
  /** The zone as a master file with all signatures. */
  sign(text: string, validity?: Validity): string;
  discard(): void;
}

/** Seconds from now, either may be negative. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** Long enough for clocks that tests set ahead. */
const LASTING: Validity = { from: -7200, until: 400 * 86_400 };

export function makeKeys(origin: string): ZoneKeys {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-keys-'));
  const keygen = ['-K', directory, '-a', 'ECDSAP256SHA256', '-n', 'ZONE'];
  run('/usr/bin/dnssec-keygen', [...keygen, origin]);
  const ksk = run('/usr/bin/dnssec-keygen', [...keygen, '-f', 'KSK', origin]).trim();
  return {
    origin,
    ds: rdataOfDs(run('/usr/bin/dnssec-dsfromkey', ['-2', join(directory, `${ksk}.key`)])),
    sign(text, { from, until } = LASTING) {
      const [plain, signed] = [join(directory, 'plain'), join(directory, 'signed')];
      writeFileSync(plain, text);
      const period = ['-s', timeAt(from), '-e', timeAt(until)];
      // Not verified: what is expired should be signed too.
      const how = ['-P', '-q', '-x', '-S', '-O', 'full', '-K', directory, '-d', directory];
      run('/usr/bin/dnssec-signzone', [...how, ...period, '-o', origin, '-f', signed, plain]);
      return readFileSync(signed, 'utf8');
    },
    discard: () => rmSync(directory, { recursive: true }),
  };
}

/** The rdata of the DS record for the key-signing key that a name server says a zone has. */
export function publishedDs(address: string, origin: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-keys-'));
  const file = join(directory, 'keys');
  writeFileSync(file, run('/usr/bin/dig', [`@${address}`, '+noall', '+answer', '+norec', origin, 'DNSKEY']));
  const ds = run('/usr/bin/dnssec-dsfromkey', ['-2', '-f', file, origin]);
  rmSync(directory, { recursive: true });
  return rdataOfDs(ds);
}

function rdataOfDs(record: string): string {
  return record.trim().split(/\s+/).slice(3).join(' ');
}

/** `20260102030405`. */
function timeAt(secondsFromNow: number): string {
  return new Date(Date.now() + secondsFromNow * 1000).toISOString().replaceAll(/[-:T]|\..*/g, '');
}
