import { PresentationError } from '../../dns/presentation-error.ts';
import { parseRdata, rdataWire } from '../../dns/rdata-types.ts';
import type { Sshfp } from '../../dns/rdata/sshfp.ts';
import { typeCode } from '../../dns/record-type.ts';

/** What is wrong with a set's values, in Route 53's words. */
export function valueMessages(type: string, values: readonly string[]): string[] {
  const messages: string[] = [];
  const seen = new Set<string>();
  for (const value of values) {
    try {
      checkValue(type, parseRdata(typeCode(type) as number, value, 'route53'));
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      messages.push(`Invalid Resource Record: 'FATAL problem: ${error.message} encountered with '${value}''`);
      continue;
    }
    if (values.length === 1) break;
    const canonical = canonicalValue(type, value);
    if (seen.has(canonical)) messages.push(`Duplicate Resource Record: '${value}'`);
    seen.add(canonical);
  }
  if (values.length > 1 && (type === 'CNAME' || type === 'SOA')) {
    messages.push(`RRSet of type ${type} must have exactly one record`);
  }
  return messages;
}

/** Of the algorithms and kinds of SSH fingerprints Route 53 knows fewer than the registry may come to have. */
function checkValue(type: string, value: unknown): void {
  if (type !== 'SSHFP') return;
  const { algorithm, fingerprintType } = value as Sshfp;
  if (![1, 2, 3, 4, 6].includes(algorithm))
    throw new PresentationError('InvalidSSHFPAlgorithm', 'Algorithm should be one of 1, 2, 3, 4 and 6');
  if (fingerprintType !== 1 && fingerprintType !== 2)
    throw new PresentationError('InvalidSSHFPFingerprintType', 'Fingerprint type should be 1 or 2');
}

/** Whether two lists hold the same data: order, spelling of escapes and a trailing dot do not matter. */
export function sameValues(type: string, a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const left = a.map((value) => canonicalValue(type, value)).sort();
  const right = b.map((value) => canonicalValue(type, value)).sort();
  return left.every((value, index) => value === right[index]);
}

function canonicalValue(type: string, value: string): string {
  try {
    return rdataWire(typeCode(type) as number, value, 'route53').join(',');
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    return value;
  }
}
