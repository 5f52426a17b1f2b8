import { lane } from '../core/control/lanes.ts';
import { zoneNodes } from '../core/control/record-sets/zone-nodes.ts';
import { dataIdOf, tables, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { zoneDataOf } from '../core/control/zone-data.ts';
import { nameKey } from '../core/dns/name-key.ts';
import { defaultAnswer } from '../core/zone/default-answer.ts';
import type { RecordSet } from '../core/zone/record-set.ts';
import { ownerText, rrsetLines } from '../core/zone/zone-file-lines.ts';
import type { NameKey, NameNode } from '../core/zone/zone-data.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { findHostedZone, OperatorError } from './find-zone.ts';
import type { Progress } from './progress.ts';

/**
 * `waypost zone export`: a hosted zone as a zone file that other servers load, of one moment, however long it takes and whatever
 * changes meanwhile. It is made as it is read, so memory stays the same for any zone.
 *
 * What no zone file can say is written as a copy of the zone has it (core/zone/default-answer.ts), with a comment: an alias as the
 * records of its target now, routed record sets as their default answer. Import passes such names over (unless told otherwise), so that
 * a zone that was exported can be imported again and keeps its aliases and its routing.
 */
export interface ExportOptions {
  /** Name or id of the hosted zone. */
  readonly zone: string;
  readonly progress: Progress;
  /** Takes a piece of the file; the next comes when it resolves. */
  write(text: string): Promise<void>;
}

/** Written at once. */
const PIECE_CHARACTERS = 2 ** 16;
/** A snapshot keeps old pages of the store: while the zone is left alone, no longer than this. */
const LOOK_MILLISECONDS = 1000;

/** Gives the zone. Throws `OperatorError`; and `StoreError` when it took so long that the moment could not be kept. */
export async function exportZone(snapshot: Snapshot, options: ExportOptions): Promise<HostedZone> {
  const { view } = snapshot;
  const zone = findHostedZone(view, options.zone);
  if (zone === undefined) throw new OperatorError(`there is no hosted zone ${options.zone}`);
  const laneEnd = (at: View): number | undefined => at.get(tables.lanes, [lane.zone(zone.id)]);
  const end = laneEnd(view);
  let last = Date.now();
  options.progress.begin(`writing ${zone.name}`, 'record sets', zone.recordSetCount);
  let text = `$ORIGIN ${zone.name}\n`;
  for (const { lines, recordSets } of zoneFileLines(view, zone)) {
    text += lines.join('\n');
    text += '\n';
    options.progress.add(recordSets);
    if (text.length < PIECE_CHARACTERS) continue;
    await options.write(text);
    text = '';
    if (Date.now() - last < LOOK_MILLISECONDS) continue;
    // If it was changed meanwhile, the snapshot stays where it is, for as long as it lives.
    snapshot.advance((newest) => laneEnd(newest) === end);
    last = Date.now();
  }
  await options.write(text);
  options.progress.end();
  return zone;
}

interface Written {
  readonly lines: readonly string[];
  /** That the lines stand for: several when they are routed. */
  readonly recordSets: number;
}

/** Name by name, type by type, the SOA first. */
function* zoneFileLines(view: View, zone: HostedZone): Generator<Written, void, void> {
  const zones = zoneDataOf(view);
  const apex = nameKey(zone.name);
  const data = { id: dataIdOf(zone), apex, contested: false };
  const linesOf = (key: NameKey, sets: readonly RecordSet[]): string[] => {
    const set = sets[0] as RecordSet;
    const rrset = defaultAnswer(zones, data, key, set.type);
    const comment = commentOn(sets);
    const without = set.alias?.outside === true ? "whose addresses are not the zone's" : 'which has no values';
    if (rrset === undefined) return [`; ${ownerText(apex, key)} ${set.type}${comment}, ${without}`];
    const lines = rrsetLines(apex, rrset);
    return comment === '' ? lines : lines.map((line) => `${line} ;${comment}`);
  };
  for (const { key, node } of zoneNodes(view, data.id)) {
    for (const sets of byType(node, key === apex)) yield { lines: linesOf(key, sets), recordSets: sets.length };
  }
}

/** The sets of a node, those of one type together: there are several where they are routed. */
function byType(node: NameNode, isApex: boolean): RecordSet[][] {
  const groups: RecordSet[][] = [];
  for (const set of node.recordSets) {
    const group = groups.at(-1);
    if (group?.[0]?.type === set.type) group.push(set);
    else groups.push([set]);
  }
  return isApex ? groups.sort((a, b) => Number(b[0]?.type === 'SOA') - Number(a[0]?.type === 'SOA')) : groups;
}

function commentOn(sets: readonly RecordSet[]): string {
  const [first] = sets;
  const policy = first?.routing?.policy;
  if (policy !== undefined)
    return ` the default answer of ${sets.length} ${policy} record set${sets.length === 1 ? '' : 's'}`;
  return first?.alias === undefined ? '' : ` an alias of ${first.alias.name}`;
}
