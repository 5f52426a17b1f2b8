import { MASTER_KEY } from '../core/control/kms/adopt-master-key.ts';
import type { RewrapKeysCommand, RewrappedKeys } from '../core/control/kms/rewrap-keys.ts';
import { isRefusal } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import type { Key, Row, Table, View } from '../core/control/view.ts';
import type { ZoneKey, ZoneKeys } from '../core/dnssec/zone-keys.ts';
import { fingerprintOf, Wrapping, wrappingKeyOf, type Purpose } from '../keys/wrapping.ts';
import { zoneKeyId } from '../keys/zone-keys.ts';
import { OperatorError } from './find-zone.ts';
import type { Reached } from './reach.ts';

/** Keys in one change: it is in memory whole, and what was rewrapped before a crash is found again. */
const ROWS_AT_ONCE = 500;

/**
 * Wraps every private key in the data with another master secret, part by part; who was interrupted begins again. Gives how many keys
 * there were. Throws `OperatorError`.
 */
export async function rotateMasterKey(reached: Reached, from: Uint8Array, to: Uint8Array): Promise<number> {
  if (reached.memberRuns) throw new OperatorError('stop the member first: it works with the old master key');
  const fingerprint = fingerprintOf(to);
  const adopted = reading(reached, (view) => view.get(tables.custody, [MASTER_KEY]));
  if (adopted === undefined || adopted === fingerprint) return 0;
  if (adopted !== fingerprintOf(from)) throw new OperatorError('the old master key is not the one of this data');
  const submit = async (part: RewrappedKeys, finished: boolean): Promise<void> => {
    const command: RewrapKeysCommand = { ...part, fingerprint, finished };
    const outcome = await reached.submit('RewrapKeys', command);
    if (isRefusal(outcome)) throw new OperatorError(outcome.message);
  };
  const rewrap = rewrapper(from, to);
  let keys = 0;
  for (const rows of pages(reached, tables.kmsKeys)) {
    const kmsKeys = rows.map(({ value: { region, id, wrapped } }) => ({
      region,
      id,
      wrapped: rewrap('kms-key', id, wrapped),
    }));
    await submit({ kmsKeys, zones: [] }, false);
    keys += kmsKeys.length;
  }
  for (const rows of pages(reached, tables.dnssec)) {
    const zones = rows.map(({ key: [zoneId], value: { signing } }) => ({
      zoneId: String(zoneId),
      wrapped: zoneKeysOf(signing?.keys).map((key) => ({
        before: key.wrapped,
        after: rewrap('zone-signing-key', zoneKeyId(key), key.wrapped),
      })),
    }));
    await submit({ kmsKeys: [], zones }, false);
    keys += zones.reduce((sum, { wrapped }) => sum + wrapped.length, 0);
  }
  await submit({ kmsKeys: [], zones: [] }, true);
  return keys;
}

function zoneKeysOf(keys: ZoneKeys | undefined): ZoneKey[] {
  return [keys?.signer, keys?.next, keys?.former].filter((key) => key !== undefined);
}

type Rewrap = (purpose: Purpose, id: string, wrapped: string) => string;

function rewrapper(from: Uint8Array, to: Uint8Array): Rewrap {
  const wrappings = (secret: Uint8Array): Readonly<Record<Purpose, Wrapping>> => ({
    'kms-key': new Wrapping(wrappingKeyOf(secret, 'kms-key')),
    'zone-signing-key': new Wrapping(wrappingKeyOf(secret, 'zone-signing-key')),
  });
  const [old, next] = [wrappings(from), wrappings(to)];
  return (purpose, id, wrapped) => {
    // By a part that was done before an interruption.
    if (next[purpose].unwrap(id, wrapped)?.fill(0) !== undefined) return wrapped;
    const key = old[purpose].unwrap(id, wrapped);
    if (key === undefined) throw new OperatorError(`the private key ${id} is wrapped with another master key`);
    const anew = next[purpose].wrap(id, key);
    key.fill(0);
    return anew;
  };
}

/** Nobody else writes meanwhile. */
function* pages<V>(reached: Reached, table: Table<V>): Generator<Row<V>[]> {
  let from: Key = [];
  for (;;) {
    const begin = from;
    const rows = reading(reached, (view) => view.range(table, { from: begin, limit: ROWS_AT_ONCE }));
    const last = rows.at(-1)?.key;
    if (last === undefined) return;
    yield rows;
    from = [...last.slice(0, -1), `${last.at(-1)}\0`];
  }
}

function reading<T>(reached: Reached, read: (view: View) => T): T {
  const snapshot = reached.snapshot();
  try {
    return read(snapshot.view);
  } finally {
    snapshot.close();
  }
}
