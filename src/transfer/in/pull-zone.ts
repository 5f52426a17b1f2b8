import { keyToName, nameKey } from '../../core/dns/name-key.ts';
import { TYPE } from '../../core/dns/record-type.ts';
import { isLaterSerial } from '../../core/dns/serial.ts';
import type { Peer } from '../settings/transfer-settings.ts';
import { PrimaryConnection, type Answer, type PrimaryLimits } from './primary-connection.ts';
import { ConnectionLost } from './read-ahead.ts';
import { TransferError, TransferReader } from './transfer-reader.ts';
import { readTransferredRecord, type TransferredRecord } from './transferred-record.ts';
import { ZoneReceiver, type Received, type ReceiverParts } from './zone-receiver.ts';

/** One look at one primary: what serial it has and, if that is later than ours, the zone. */
export interface PullParts extends ReceiverParts {
  readonly peer: Peer;
  readonly limits?: Partial<PrimaryLimits>;
  /** False when no difference is to be asked for: one from this serial has failed before. */
  readonly takesDifference: boolean;
  readonly nowSeconds: () => number;
  /** At random, 16 bits. */
  newId(): number;
  /** A difference from this serial failed for what it was, not for how it came: it will the next time, too. */
  onUselessDifference(): void;
}

export type Pulled =
  /** The version held is the one that the primary has. */
  | { readonly kind: 'current' }
  /** The primary has an older one, and cannot confirm ours. */
  | { readonly kind: 'behind'; readonly serial: number }
  | {
      readonly kind: 'received';
      readonly serial: number;
      readonly how: Received;
      readonly by: 'AXFR' | 'IXFR';
      /** Records that are not in the zone, and were passed over. */
      readonly outside: number;
      /** Why the whole zone was asked for although a difference would have done. */
      readonly fallback?: string;
    };

/** Rejects with an `Error` that says what is wrong with this primary, or its zone. */
export async function pullZone(parts: PullParts): Promise<Pulled> {
  let connection = await PrimaryConnection.open(parts, parts.newId());
  try {
    const offered = await offeredSerial(parts, connection);
    if (parts.serial === undefined) return await transfer(parts, connection, 'AXFR');
    if (offered === parts.serial) return { kind: 'current' };
    if (!isLaterSerial(offered, parts.serial)) return { kind: 'behind', serial: offered };
    if (!parts.takesDifference) return await transfer(parts, connection, 'AXFR');
    try {
      return await transfer(parts, connection, 'IXFR');
    } catch (error) {
      if (!(error instanceof ConnectionLost)) parts.onUselessDifference();
      // Whatever went wrong with a difference, the whole zone is the way out of it (RFC 1995 §4).
      connection.close();
      connection = await PrimaryConnection.open(parts, parts.newId());
      const pulled = await transfer(parts, connection, 'AXFR');
      return pulled.kind === 'received' ? { ...pulled, fallback: (error as Error).message } : pulled;
    }
  } finally {
    connection.close();
  }
}

async function offeredSerial(parts: PullParts, connection: PrimaryConnection): Promise<number> {
  const apex = nameKey(parts.zone.name);
  for await (const answer of connection.ask({ name: keyToName(apex), type: TYPE.SOA }, parts.nowSeconds)) {
    answer.verifiedToTheEnd();
    const soa = recordsOf(answer).find((record) => record.key === apex && record.serial !== undefined);
    if (soa?.serial === undefined) throw new TransferError('its answer has no SOA record of the zone');
    return soa.serial;
  }
  throw new TransferError('it has no answer');
}

async function transfer(parts: PullParts, connection: PrimaryConnection, by: 'AXFR' | 'IXFR'): Promise<Pulled> {
  const apex = nameKey(parts.zone.name);
  const held = by === 'IXFR' ? parts.serial : undefined;
  const reader = new TransferReader(apex, held);
  const receiver = new ZoneReceiver(parts, reader);
  const question = { name: keyToName(apex), type: TYPE[by], ...(held !== undefined && { serial: held }) };
  for await (const answer of connection.ask(question, parts.nowSeconds)) {
    const isFirst = reader.soa === undefined;
    await receiver.take(recordsOf(answer));
    if (isFirst && answer.answers === 1 && reader.isUpToDate()) {
      answer.verifiedToTheEnd();
      return { kind: 'current' };
    }
    if (!reader.ended) continue;
    answer.verifiedToTheEnd();
    const how = await receiver.finish();
    return { kind: 'received', serial: reader.soa?.serial ?? 0, how, by, outside: reader.outside };
  }
  throw new TransferError('the transfer ended before its last SOA record');
}

/** Throws `WireFormatError`. */
function recordsOf({ wire, answers }: Answer): TransferredRecord[] {
  const records: TransferredRecord[] = [];
  for (let left = answers; left > 0; left -= 1) records.push(readTransferredRecord(wire));
  return records;
}
