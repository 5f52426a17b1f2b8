import type { RecordSet } from '../../zone/record-set.ts';
import type { Routing } from '../../zone/routing.ts';

/** A record set as a caller writes it. What Route 53 has and this room does not serve yet is carried so that it can be refused. */
export interface RecordSetInput {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
  readonly ttlSeconds?: number;
  readonly values?: readonly string[];
  readonly alias?: { readonly hostedZoneId: string; readonly dnsName: string; readonly evaluateTargetHealth: boolean };
  readonly healthCheckId?: string;
  readonly trafficPolicyInstanceId?: string;
  /** Names of the routing policy members that are present: `Weight`, `Region`, `Failover` … */
  readonly policies: readonly string[];
  /** What the first of them says. */
  readonly routing?: Routing;
}

export type ChangeAction = 'CREATE' | 'DELETE' | 'UPSERT';

export interface ChangeResourceRecordSetsCommand {
  readonly hostedZoneId: string;
  readonly comment?: string;
  readonly changes: readonly { readonly action: string; readonly recordSet: RecordSetInput }[];
}

/** One step of an accepted batch, as it is logged and applied. */
export interface RecordSetStep {
  readonly action: 'PUT' | 'REMOVE';
  /** Normalised. */
  readonly name: string;
  readonly set: RecordSet;
}
