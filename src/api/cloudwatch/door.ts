import type { ChangeBase, ControlSettings } from '../../core/control/operation.ts';
import { isRefusal } from '../../core/control/operation.ts';
import type { Log } from '../../log/log.ts';
import { MINUTES_KEPT_SECONDS } from '../../telemetry/metric-store.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { AwsError, errorOf } from '../aws-error.ts';

/** What an operation of CloudWatch has at hand. */
export interface MetricDesk {
  readonly log: Log;
  readonly settings: ControlSettings;
  readonly telemetry: Telemetry;
  readonly principal: string;
  /** That the request was signed for: metrics and alarms belong to one. */
  readonly region: string;
}

/** From CloudWatch's shape of an operation to ours and back. Any member of the input may be missing. */
export interface MetricDoor<I, O> {
  readonly operation: string;
  handle(input: Partial<I>, desk: MetricDesk): Promise<O> | O;
}

/** Writes and gives the change back. Throws `AwsError` on a refusal. */
export async function submit<Ch extends ChangeBase>(
  desk: MetricDesk,
  operation: string,
  command: unknown,
): Promise<Ch> {
  const outcome = await desk.log.submit(operation, command, desk.principal);
  if (isRefusal(outcome)) throw errorOf(outcome);
  return outcome.change as Ch;
}

/** Throws `AwsError` for a member that must be there and is not. */
export function required<V>(value: V | undefined, name: string): V {
  if (value === undefined) throw new AwsError('MissingParameter', `The parameter ${name} is required.`);
  return value;
}

const PAGE = 50;
const PAGE_MAX = 100;

/** As many as are asked for on a page. Throws `AwsError` for what no page can have. */
export function pageSize(maxRecords = PAGE): number {
  if (Number.isSafeInteger(maxRecords) && maxRecords >= 1 && maxRecords <= PAGE_MAX) return maxRecords;
  throw invalid('maxRecords', String(maxRecords), `have value from 1 to ${PAGE_MAX}`);
}

/** What CloudWatch says of a member that does not have the form of its type. */
export function invalid(member: string, value: string, must: string): AwsError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${must}`;
  return new AwsError('ValidationError', message);
}

/** Throws `AwsError` for a period that no metric has. */
export function checkPeriod(seconds: number, path: string): number {
  const known = [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0);
  if (known && seconds <= MINUTES_KEPT_SECONDS) return seconds;
  throw new AwsError(
    'InvalidParameterValue',
    `The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60, and at most ${MINUTES_KEPT_SECONDS}.`,
  );
}
