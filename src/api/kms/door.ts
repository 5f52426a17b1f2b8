import { kmsKeyById, kmsKeyNamed, type KmsScope } from '../../core/control/kms/find-kms-key.ts';
import { isRefusal, type ChangeBase, type ControlSettings } from '../../core/control/operation.ts';
import type { KmsKey } from '../../core/control/tables.ts';
import type { Custody } from '../../keys/custody.ts';
import type { Log } from '../../log/log.ts';
import { AwsError, errorOf } from '../aws-error.ts';
import { pageToken, readPageToken } from '../page-token.ts';

/** What an operation of KMS has at hand. */
export interface KmsDesk {
  readonly log: Log;
  readonly settings: ControlSettings;
  readonly custody: Custody;
  readonly principal: string;
  /** That the request was signed for: keys belong to one. */
  readonly region: string;
}

/** From KMS's shape of an operation to ours and back. Any member of the input may be missing. */
export interface KmsDoor<I extends object, O> {
  readonly operation: string;
  handle(input: Partial<I>, desk: KmsDesk): Promise<O> | O;
}

/** Writes and gives the change back. Throws `AwsError` on a refusal. */
export async function submit<Ch extends ChangeBase>(desk: KmsDesk, operation: string, command: object): Promise<Ch> {
  const outcome = await desk.log.submit(`kms:${operation}`, { region: desk.region, ...command }, desk.principal);
  if (isRefusal(outcome)) throw errorOf(outcome);
  return outcome.change as Ch;
}

export function scopeOf({ region, settings }: KmsDesk): KmsScope {
  return { region, accountId: settings.accountId };
}

/** Throws `AwsError`. */
export function keyById(desk: KmsDesk, keyId: string | undefined): KmsKey {
  return found(kmsKeyById(desk.log.view(), text(keyId, 'keyId', 1, KEY_ID_MAX), scopeOf(desk)));
}

/** Also by an alias. Throws `AwsError`. */
export function keyNamed(desk: KmsDesk, name: string | undefined): KmsKey {
  return found(kmsKeyNamed(desk.log.view(), text(name, 'keyId', 1, KEY_ID_MAX), scopeOf(desk)));
}

export const KEY_ID_MAX = 2048;

function found<T extends object>(value: T | Parameters<typeof errorOf>[0]): T {
  if (isRefusal(value)) throw errorOf(value);
  return value as T;
}

/** A member that must be there. Throws `AwsError`. */
export function required<V>(value: V | undefined, member: string): V {
  if (value === undefined) throw constraint('null', member, 'not be null');
  return value;
}

/** A text that must be there, of so many characters. Throws `AwsError`. */
export function text(value: string | undefined, member: string, min: number, max: number): string {
  const given = required(value, member);
  if (given.length < min) throw constraint(`'${given}'`, member, `have length greater than or equal to ${min}`);
  if (given.length > max) throw constraint(`'${given}'`, member, `have length less than or equal to ${max}`);
  return given;
}

/** Throws `AwsError`. */
export function oneOf<V extends string>(value: string, member: string, all: Readonly<Record<string, V>>): V {
  const known = Object.values(all);
  if ((known as string[]).includes(value)) return value as V;
  throw constraint(`'${value}'`, member, `satisfy enum value set: [${known.join(', ')}]`);
}

/** `shown` is the value as it is shown: in quotes, null, or nothing for what is not shown. */
export function constraint(shown: string, member: string, must: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value${shown === '' ? '' : ` ${shown}`} at '${member}' failed to satisfy constraint: Member must ${must}`,
  );
}

const MARKER_MAX = 1024;

/** How many of a list, and behind which. Throws `AwsError`. */
export function pageOf(
  { Limit: limit, Marker: marker }: { Limit?: number | undefined; Marker?: string | undefined },
  usual: number,
  max: number,
): { readonly limit: number; readonly after: string } {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= max)) {
    const bound = limit > max ? `less than or equal to ${max}` : 'greater than or equal to 1';
    throw constraint(`'${limit}'`, 'limit', `have value ${bound}`);
  }
  if (marker !== undefined) text(marker, 'marker', 1, MARKER_MAX);
  const [after = ''] = readPageToken(marker, 1, 'InvalidMarkerException') ?? [];
  return { limit: limit ?? usual, after };
}

/** The end of a page as KMS tells it. */
export function endOfPage(next: string | undefined): { Truncated: boolean; NextMarker?: string } {
  return next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: pageToken([next]) as string };
}
