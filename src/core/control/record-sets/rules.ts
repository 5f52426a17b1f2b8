import { nameKey } from '../../dns/name-key.ts';
import type { AliasTarget, RecordSet } from '../../zone/record-set.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { OUTSIDE_TARGETS_MAX } from '../outside-targets.ts';
import { groupMessages } from './group-rules.ts';
import { OUTSIDE_ZONE_ID, outsideMessages } from './outside-rules.ts';
import type { WorkingCopy } from './working-copy.ts';

/** The rules that a record set must keep at its place in the batch, in Route 53's words. */
export function stepMessages(copy: WorkingCopy, name: string, set: RecordSet, key: NameKey = nameKey(name)): string[] {
  const zone = copy.zone;
  const apex = name === zone.name;
  const messages: string[] = [];
  const others = copy.at(key).filter((each) => each.type !== set.type);
  if (set.type === 'CNAME' && apex) {
    messages.push(`RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone.name}`);
  } else if (set.type === 'CNAME' && others.length > 0) {
    messages.push(
      `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`,
    );
  } else if (others.some((each) => each.type === 'CNAME')) {
    messages.push(
      `RRSet of type ${set.type} with DNS name ${name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone.name}`,
    );
  }
  if (set.type === 'SOA' && !apex) {
    messages.push(`RRSet of type SOA with DNS name ${name} is only permitted at the apex of zone ${zone.name}`);
  }
  if (set.type === 'DS' && apex) {
    messages.push(`RRSet of type DS with DNS name ${name} is not permitted at apex in zone ${zone.name}`);
  }
  if (set.type === 'NS' && name.startsWith('\\052.')) {
    messages.push(`RRSet of type NS with DNS name ${name} is not permitted: NS records cannot have a wildcard name`);
  }
  if (set.routing?.policy === 'ip-based' && !copy.hasCidrCollection(set.routing.collectionId)) {
    messages.push(
      `RRSet with DNS name ${name}, type ${set.type}, SetIdentifier ${set.setIdentifier} cannot be created as there is no CIDR collection ${set.routing.collectionId}.`,
    );
  }
  if (set.alias !== undefined) messages.push(...aliasMessages(copy, name, set, set.alias));
  return messages;
}

function aliasMessages(copy: WorkingCopy, name: string, set: RecordSet, alias: AliasTarget): string[] {
  const { type } = set;
  const zone = copy.zone;
  if (type === 'NS' || type === 'SOA') return [`RRSet of type ${type} with DNS name ${name} cannot be an alias`];
  if (alias.outside === true) return outsideMessages(name, set, alias, copy.resolvesHosts);
  const tried = `Tried to create an alias that targets ${alias.name}, type ${type} in zone ${alias.hostedZoneId}`;
  if (alias.hostedZoneId !== zone.id) {
    return [
      `${tried}, but a target is in the alias's own hosted zone ${zone.id} or a host of AWS's; any other host is targeted in zone ${OUTSIDE_ZONE_ID}`,
    ];
  }
  const inside = nameKey(alias.name).startsWith(nameKey(zone.name));
  const messages: string[] = [];
  if (!copy.at(nameKey(alias.name)).some((each) => each.type === type) || alias.name === name) {
    messages.push(`${tried}, but that target was not found`);
  }
  if (!inside) messages.push(`${tried}, but the alias target name does not lie within the target zone`);
  return messages;
}

/** The rules that the zone must keep once the whole batch is in. */
export function endMessages(copy: WorkingCopy): string[] {
  return [...groupsMessages(copy), ...targetMessages(copy), ...apexMessages(copy), ...roomMessages(copy)];
}

/** What the batch put fits the others of its name and type. */
export function groupsMessages(copy: WorkingCopy): string[] {
  const messages: string[] = [];
  for (const { name, set, others } of copy.puts()) messages.push(...groupMessages(name, set, others));
  return messages;
}

/** What an alias targets stays. */
export function targetMessages(copy: WorkingCopy): string[] {
  const messages: string[] = [];
  for (const [name, type] of copy.removed()) {
    const alias = copy.aliasOf(name, type);
    if (alias === undefined) continue;
    messages.push(
      `Tried to delete resource record set [name='${name}', type='${type}'] but it is the target of the alias ${alias}`,
    );
  }
  return messages;
}

/** There is room for the hosts outside that the batch brings. */
function roomMessages(copy: WorkingCopy): string[] {
  return copy.hasRoomOutside() ? [] : [`Number of outside alias targets limit of ${OUTSIDE_TARGETS_MAX} exceeded.`];
}

/** The zone itself keeps its NS and SOA. */
export function apexMessages(copy: WorkingCopy): string[] {
  const messages: string[] = [];
  for (const [name, sets] of copy.ends()) {
    if (name !== copy.zone.name) continue;
    if (!sets.some((set) => set.type === 'NS'))
      messages.push('A HostedZone must contain at least one NS record for the zone itself.');
    if (!sets.some((set) => set.type === 'SOA')) messages.push('A HostedZone must contain exactly one SOA record.');
  }
  return messages;
}
