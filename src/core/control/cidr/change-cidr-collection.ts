import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Refusal, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type CidrCollection } from '../tables.ts';
import type { View } from '../view.ts';
import { parseCidrBlock } from './cidr-block.ts';
import { noSuchCidrCollection } from './no-such-cidr.ts';

export interface CidrChange {
  readonly action: string;
  readonly location: string;
  readonly blocks: readonly string[];
}

export interface ChangeCidrCollectionCommand {
  readonly id: string;
  readonly version?: number;
  readonly changes: readonly CidrChange[];
}

export interface CidrCollectionChanged extends ChangeBase {
  readonly kind: 'CidrCollectionChanged';
  readonly collection: CidrCollection;
  /** Canonical blocks, each with the location that it is in from now on, or none. */
  readonly blocks: readonly { readonly block: string; readonly location?: string; readonly before?: string }[];
}

const CHANGES_MAX = 1000;
const BLOCKS_MAX = 1000;
const LOCATION = /^[0-9A-Za-z_-]{1,16}$/;

/**
 * All changes at once: a block that is in two locations in the end is refused, so one request can move blocks.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeCidrCollection.html
 */
export const changeCidrCollection: WriteOperation<ChangeCidrCollectionCommand, CidrCollectionChanged> = {
  operation: 'ChangeCidrCollection',
  kind: 'CidrCollectionChanged',
  decide(view, command, given) {
    const malformed = checkChanges(command.changes);
    if (malformed !== undefined) return malformed;
    const collection = view.get(tables.cidrCollections, [command.id]);
    if (collection === undefined) return noSuchCidrCollection(command.id);
    if (command.version !== undefined && command.version !== collection.version) {
      return refuse(
        'CidrCollectionVersionMismatchException',
        `The CIDR collection has version ${collection.version}, not ${command.version}.`,
      );
    }
    const blocks = blocksAfter(view, command);
    if (isRefusal(blocks)) return blocks;
    return {
      kind: 'CidrCollectionChanged',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      collection: { ...collection, version: collection.version + 1 },
      blocks,
    };
  },
  lanes: (change) => ({ advances: [lane.cidrCollection(change.collection.id)], reliesOn: [] }),
  apply(draft, change, sequence) {
    const { id } = change.collection;
    draft.put(tables.cidrCollections, [id], change.collection);
    for (const { block, location, before } of change.blocks) {
      if (before !== undefined) draft.remove(tables.cidrBlocks, [id, before, block]);
      if (location === undefined) draft.remove(tables.cidrBlockLocations, [id, block]);
      else {
        draft.put(tables.cidrBlocks, [id, location, block], true);
        draft.put(tables.cidrBlockLocations, [id, block], location);
      }
    }
    keepChange(draft, change, sequence);
  },
  touches: (view, change) => zonesUsing(view, change.collection.id),
};

function checkChanges(changes: readonly CidrChange[]): Refusal | undefined {
  if (changes.length < 1 || changes.length > CHANGES_MAX) {
    return refuse('InvalidInput', `Changes must have from 1 to ${CHANGES_MAX} items`);
  }
  for (const { action, location, blocks } of changes) {
    if (action !== 'PUT' && action !== 'DELETE_IF_EXISTS') {
      return refuse('InvalidInput', `Action must be one of [PUT, DELETE_IF_EXISTS], not ${action}`);
    }
    if (!LOCATION.test(location)) return refuse('InvalidInput', `LocationName must match ${LOCATION.source}`);
    if (blocks.length < 1 || blocks.length > BLOCKS_MAX) {
      return refuse('InvalidInput', `CidrList must have from 1 to ${BLOCKS_MAX} items`);
    }
    const wrong = blocks.find((block) => parseCidrBlock(block) === undefined);
    if (wrong !== undefined) {
      return refuse('InvalidInput', `${wrong} is not an IPv4 network of /1 to /24 or an IPv6 network of /1 to /48`);
    }
  }
  return undefined;
}

function blocksAfter(view: View, command: ChangeCidrCollectionCommand): CidrCollectionChanged['blocks'] | Refusal {
  const locations = new Map<string, Set<string>>();
  const stored = (block: string): string | undefined => view.get(tables.cidrBlockLocations, [command.id, block]);
  for (const { action, location, blocks } of command.changes) {
    for (const text of blocks) {
      const block = parseCidrBlock(text)?.text as string;
      const before = stored(block);
      const held = locations.get(block) ?? new Set(before === undefined ? [] : [before]);
      if (action === 'PUT') held.add(location);
      else held.delete(location);
      locations.set(block, held);
    }
  }
  const after: { block: string; location?: string; before?: string }[] = [];
  for (const [block, held] of locations) {
    if (held.size > 1) {
      return refuse('CidrBlockInUseException', `The CIDR block ${block} is already in use in another location.`);
    }
    const [location] = held;
    const before = stored(block);
    if (location === before) continue;
    after.push({
      block,
      ...(location === undefined ? {} : { location }),
      ...(before === undefined ? {} : { before }),
    });
  }
  return after;
}

/** Zones with record sets that name the collection; each is named once however many sets it has. */
function zonesUsing(view: View, id: string): string[] {
  const zones: string[] = [];
  for (let from = ''; ;) {
    const row = view.range(tables.cidrUses, { prefix: [id], from: [id, from], limit: 1 })[0];
    if (row === undefined) return zones;
    const zoneId = row.key[1] as string;
    zones.push(zoneId);
    from = `${zoneId}\uffff`;
  }
}
