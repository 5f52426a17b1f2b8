import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { signingZone } from './signing-zone.ts';
import { STATUS_MESSAGE_MAX, type KeySigningKey } from './zone-dnssec.ts';

export interface ReportDnssecKeysCommand extends SignedCommand {
  /** Key-signing keys that were tried, by name: why they cannot be used, or that they can. */
  readonly keySigningKeys: readonly { readonly name: string; readonly problem?: string }[];
}

/** What was found out about a zone's keys: it shows in their status, and trouble is looked into again after a while. */
export const reportDnssecKeys = dnssecOperation<ReportDnssecKeysCommand, 'DnssecKeysReported'>({
  operation: 'ReportDnssecKeys',
  kind: 'DnssecKeysReported',
  byTime: true,
  settles: true,
  judge(view, command, now) {
    const found = signingZone(view, command.hostedZoneId);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    const keySigningKeys = dnssec.keySigningKeys.map((key) => {
      const report = command.keySigningKeys.find(({ name }) => name === key.name);
      return report === undefined || key.status === 'INACTIVE' ? key : keyReported(key, report.problem, now);
    });
    return { zone, after: { ...dnssec, keySigningKeys } };
  },
});

function keyReported(key: KeySigningKey, problem: string | undefined, now: number): KeySigningKey {
  const { trouble, ...rest } = key;
  if (problem === undefined) return trouble === undefined ? key : { ...rest, status: 'ACTIVE', modifiedAt: now };
  if (trouble !== undefined) return { ...key, trouble: { since: trouble.since, message: cut(problem) } };
  return { ...rest, status: 'ACTION_NEEDED', modifiedAt: now, trouble: { since: now, message: cut(problem) } };
}

function cut(message: string): string {
  return message.slice(0, STATUS_MESSAGE_MAX);
}
