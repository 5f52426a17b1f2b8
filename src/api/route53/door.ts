import type { OutsideTable } from '../../core/answer/routed/outside-table.ts';
import type { Places } from '../../core/answer/routed/query-asker.ts';
import type { Latencies } from '../../core/geo/latencies.ts';
import type { Log } from '../../log/log.ts';
import type { DnssecDesk } from '../../steward/dnssec-desk.ts';
import {
  isRefusal,
  type ChangeBase,
  type ControlSettings,
  type Given,
  type ReadOperation,
} from '../../core/control/operation.ts';
import type { HealthReports } from '../../feed/health-reports.ts';
import { AwsError, errorOf } from '../aws-error.ts';

/** What an operation's door has at hand. */
export interface Desk {
  readonly log: Log;
  readonly settings: ControlSettings;
  readonly health: HealthReports;
  /** For commands that key-signing keys sign something for. */
  readonly dnssec: DnssecDesk;
  readonly principal: string;
  /** Whether every edge worker serves the sequence. */
  readonly inSync: (sequence: number) => boolean;
  /** Where clients are, if a location database is loaded. */
  readonly places: () => Places | undefined;
  /** Measured round trips, if there are any. */
  readonly latencies: () => Latencies | undefined;
  /** What hosts outside resolve to. */
  readonly outside: OutsideTable | undefined;
  /** For what an operator should know and the caller is not told. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * From AWS's shape of an operation to core/control's and back. `I` and `O` are the SDK's own types for it; members that were
 * required by the model are there when a door is entered.
 */
export interface Door<I, O> {
  readonly operation: string;
  handle(input: I, desk: Desk): Promise<O> | O;
}

/** Writes and gives the change back. Throws `AwsError` on a refusal. */
export async function write<Ch extends ChangeBase>(desk: Desk, operation: string, command: unknown): Promise<Ch> {
  const outcome = await desk.log.submit(operation, command, desk.principal);
  if (isRefusal(outcome)) throw errorOf(outcome);
  return outcome.change as Ch;
}

/** Reads from the newest state. Throws `AwsError` on a refusal. */
export function read<C, R>(desk: Desk, operation: ReadOperation<C, R>, command: C): R {
  const result = operation.read(desk.log.view(), command, readingGiven(desk));
  if (isRefusal(result)) throw errorOf(result);
  return result;
}

function readingGiven(desk: Desk): Given {
  return {
    now: Date.now(),
    principal: desk.principal,
    newId: () => {
      throw new Error('a reading operation makes no ids');
    },
    settings: desk.settings,
  };
}

/** The longest that Route 53's model has, of tags' resources and of markers; ours have a third of it. */
const ID_CHARACTERS_MAX = 64;

/** Ids come with their path before them from some clients (`/hostedzone/Z1`), without it from others. */
export function bareId(id: string | undefined): string {
  const bare = (id ?? '').replace(/^\/?(hostedzone|change|delegationset)\//, '');
  if (bare.length <= ID_CHARACTERS_MAX) return bare;
  throw new AwsError(
    'InvalidInput',
    `An id must have at most ${ID_CHARACTERS_MAX} characters: ${bare.slice(0, ID_CHARACTERS_MAX)}…`,
  );
}

/** A page's size: above the cap it is the cap, as with AWS. */
export function pageSize(maxItems: number | undefined, otherwise: number, cap: number): number {
  if (maxItems === undefined) return otherwise;
  if (maxItems < 1) throw errorOf({ refused: 'InvalidInput', message: `MaxItems must be at least 1, not ${maxItems}` });
  return Math.min(maxItems, cap);
}

/** A member only when it has a value, as `exactOptionalPropertyTypes` wants it. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };
}
