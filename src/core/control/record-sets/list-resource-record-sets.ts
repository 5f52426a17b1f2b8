import { keyToText, nameKey, normaliseName } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { compareRecordSets } from '../nodes.ts';
import { refuse, type ReadOperation } from '../operation.ts';
import { dataIdOf, tables } from '../tables.ts';
import type { View } from '../view.ts';
import { RECORD_SET_TYPES } from './request-shape.ts';

export interface ListResourceRecordSetsCommand {
  readonly hostedZoneId: string;
  readonly startName?: string;
  readonly startType?: string;
  readonly startIdentifier?: string;
  readonly maxItems: number;
}

export interface NamedRecordSet {
  /** Normalised. */
  readonly name: string;
  readonly set: RecordSet;
}

export interface RecordSetsListed {
  readonly recordSets: readonly NamedRecordSet[];
  /** The first one of the next page. */
  readonly next?: NamedRecordSet;
}

/** Nodes read at a time: empty non-terminals hold no record sets, so a page may need more nodes than items. */
const NODES_AT_ONCE = 128;

/**
 * By reversed name, type and set identifier, from the given start on (it is no filter).
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
export const listResourceRecordSets: ReadOperation<ListResourceRecordSetsCommand, RecordSetsListed> = {
  operation: 'ListResourceRecordSets',
  read(view, command) {
    const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
    if (zone === undefined) return noSuchHostedZone(command.hostedZoneId);
    if (command.startType !== undefined && command.startName === undefined) {
      return refuse('InvalidInput', 'The input is not valid: StartRecordType requires StartRecordName');
    }
    if (command.startIdentifier !== undefined && command.startType === undefined) {
      return refuse(
        'InvalidInput',
        'The input is not valid: StartRecordIdentifier requires StartRecordName and StartRecordType',
      );
    }
    if (command.startType !== undefined && !RECORD_SET_TYPES.includes(command.startType)) {
      return refuse(
        'InvalidInput',
        `StartRecordType must be one of [${RECORD_SET_TYPES.join(', ')}], not ${command.startType}`,
      );
    }
    let start = '';
    try {
      start = command.startName === undefined ? '' : nameKey(normaliseName(command.startName));
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      return refuse('InvalidInput', `FATAL problem: ${error.message} encountered with '${command.startName}'`);
    }
    const found = collect(view, dataIdOf(zone), command, start);
    const next = found[command.maxItems];
    return { recordSets: found.slice(0, command.maxItems), ...(next === undefined ? {} : { next }) };
  },
};

function collect(view: View, dataId: string, command: ListResourceRecordSetsCommand, start: string): NamedRecordSet[] {
  const found: NamedRecordSet[] = [];
  const first: RecordSet = {
    type: command.startType ?? '',
    ...(command.startIdentifier === undefined ? {} : { setIdentifier: command.startIdentifier }),
  };
  for (let from = start, skip = false; ; skip = true) {
    const rows = view.range(tables.nodes, {
      prefix: [dataId],
      from: [dataId, from],
      limit: Math.min(NODES_AT_ONCE, command.maxItems + 2),
    });
    for (const row of skip ? rows.slice(1) : rows) {
      const key = row.key[1] as string;
      for (const set of row.value.recordSets) {
        if (key === start && compareRecordSets(set, first) < 0) continue;
        found.push({ name: keyToText(key), set });
      }
      if (found.length > command.maxItems) return found;
    }
    const last = rows.at(-1)?.key[1] as string | undefined;
    if (last === undefined || last === from) return found;
    from = last;
  }
}
