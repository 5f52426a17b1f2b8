import { keyToText, wireNameKey } from '../../core/dns/name-key.ts';
import { printRdata, readRdata } from '../../core/dns/rdata-types.ts';
import { CLASS, TYPE, typeName } from '../../core/dns/record-type.ts';
import { WireFormatError, type WireReader } from '../../core/dns/wire-reader.ts';
import type { NameKey } from '../../core/zone/zone-data.ts';

/** One record of a transfer, as it will be stored. */
export interface TransferredRecord {
  readonly key: NameKey;
  /** Normalised. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** In Route 53's notation, names absolute; as octets where that has no words for them. */
  readonly value: string;
  /** Only of an SOA record. */
  readonly serial?: number;
}

/** RFC 2181 §8: a TTL with its highest bit set is zero. */
const TTL_SECONDS_MAX = 0x7fffffff;

/** Types that are no data of a zone (RFC 6895 §3.1), OPT among them. */
function isMeta(type: number): boolean {
  return type === 0 || type === TYPE.OPT || (type >= 128 && type <= TYPE.ANY);
}

/** Throws `WireFormatError`. */
export function readTransferredRecord(wire: WireReader): TransferredRecord {
  const key = wireNameKey(wire.name(), 0);
  const type = wire.u16();
  if (wire.u16() !== CLASS.IN) throw new WireFormatError('a record of another class than IN');
  if (isMeta(type)) throw new WireFormatError(`a record of type ${typeName(type)}, which no zone can hold`);
  const ttl = wire.u32();
  const data = readRdata(type, wire, wire.u16());
  return {
    key,
    name: keyToText(key),
    type: typeName(type),
    ttlSeconds: ttl > TTL_SECONDS_MAX ? 0 : ttl,
    value: printRdata(type, data, 'route53'),
    ...(type === TYPE.SOA && { serial: (data as { serial: number }).serial }),
  };
}
