import { normaliseName, nameKey } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { chooseSet, nameServerSetKey, setClashes } from '../name-servers.ts';
import { ZoneTree } from '../nodes.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { keepChange, keepHistory } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { addHostedZone, lanesOfZone, zonesAround } from './zone-catalog.ts';

export interface CreateHostedZoneCommand {
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly privateZone?: boolean;
  readonly delegationSetId?: string;
  readonly vpc?: { readonly vpcId?: string; readonly vpcRegion?: string };
}

export interface HostedZoneCreated extends ChangeBase {
  readonly kind: 'HostedZoneCreated';
  readonly zone: HostedZone;
  readonly apexRecordSets: readonly RecordSet[];
  /** No configured set was free for this name, so it shares one. */
  readonly sharedNameServers: boolean;
}

/** Zones of one name. Route 53 runs out of name servers for a name sooner or later, too. */
const ZONES_PER_NAME_MAX = 100;
export const CALLER_REFERENCE_MAX = 128;
export const COMMENT_MAX = 256;
const NS_TTL_SECONDS = 172_800;
const SOA_TTL_SECONDS = 900;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html */
export const createHostedZone: WriteOperation<CreateHostedZoneCommand, HostedZoneCreated> = {
  operation: 'CreateHostedZone',
  kind: 'HostedZoneCreated',
  decide,
  lanes: (change) => ({ advances: lanesOfZone(change.zone), reliesOn: [] }),
  apply,
  touches: (view, change) => [change.zone.id, ...zonesAround(view, change.zone.name)],
};

function decide(view: View, command: CreateHostedZoneCommand, given: Given): HostedZoneCreated | Refusal {
  const name = zoneName(command.name);
  if (typeof name !== 'string') return name;
  const invalid = checkBounds(command);
  if (invalid !== undefined) return invalid;
  if (view.get(tables.callerReferences, ['hosted-zone', command.callerReference]) !== undefined) {
    return refuse(
      'HostedZoneAlreadyExists',
      `A hosted zone has already been created with the specified caller reference: ${command.callerReference}`,
    );
  }
  if ((view.get(tables.counters, ['hosted-zones']) ?? 0) >= given.settings.quotas.hostedZonesMax) {
    return refuse(
      'TooManyHostedZones',
      'Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.',
    );
  }
  if ((view.get(tables.zonesAtName, [nameKey(name)]) ?? []).length >= ZONES_PER_NAME_MAX) {
    return refuse('DelegationSetNotAvailable', `There are no name servers left for another hosted zone named ${name}`);
  }
  const servers = chooseNameServers(view, command, name, given);
  if ('refused' in servers) return servers;
  const zone: HostedZone = {
    id: given.newId('hosted-zone'),
    name,
    callerReference: command.callerReference,
    private: false,
    recordSetCount: 2,
    nameServers: servers.names,
    nameServerSet: nameServerSetKey(servers.names),
    createdAt: given.now,
    ...(command.comment === undefined ? {} : { comment: command.comment }),
    ...(command.delegationSetId === undefined ? {} : { delegationSetId: command.delegationSetId }),
  };
  return {
    kind: 'HostedZoneCreated',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zone,
    apexRecordSets: apexRecordSets(zone),
    sharedNameServers: servers.shared,
  };
}

function zoneName(text: string): string | Refusal {
  try {
    const name = normaliseName(text);
    if (name === '.' || !name.slice(0, -1).includes('.') || name.startsWith('\\052.')) {
      return refuse('InvalidDomainName', `${text} is not a valid domain name for a hosted zone`);
    }
    return name;
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    return refuse('InvalidDomainName', `FATAL problem: ${error.message} encountered with '${text}'`);
  }
}

function checkBounds(command: CreateHostedZoneCommand): Refusal | undefined {
  const reference = command.callerReference.length;
  if (reference < 1 || reference > CALLER_REFERENCE_MAX) {
    return refuse('InvalidInput', `CallerReference must have from 1 to ${CALLER_REFERENCE_MAX} characters`);
  }
  if (command.comment !== undefined && command.comment.length > COMMENT_MAX) {
    return refuse('InvalidInput', `Comment must have at most ${COMMENT_MAX} characters`);
  }
  if (command.vpc !== undefined)
    return refuse('InvalidInput', 'Private hosted zones are not supported yet: leave VPC out');
  if (command.privateZone === true) {
    return refuse('InvalidInput', 'When you create a private hosted zone you must specify a VPC');
  }
  return undefined;
}

function chooseNameServers(
  view: View,
  command: CreateHostedZoneCommand,
  name: string,
  given: Given,
): { names: readonly string[]; shared: boolean } | Refusal {
  if (command.delegationSetId === undefined) return chooseSet(view, given.settings.nameServerSets, name);
  const set = view.get(tables.delegationSets, [command.delegationSetId]);
  if (set === undefined) {
    return refuse('NoSuchDelegationSet', `No delegation set found with ID: ${command.delegationSetId}`);
  }
  if (set.zoneCount >= given.settings.quotas.zonesPerDelegationSetMax) {
    return refuse('InvalidInput', `Delegation set ${set.id} already has its maximum of hosted zones`);
  }
  if (setClashes(view, set.nameServerSet, name)) {
    return refuse(
      'ConflictingDomainExists',
      `Cannot create hosted zone with DelegationSetId ${set.id}: ${name} conflicts with an existing name sharing the delegation set`,
    );
  }
  return { names: set.nameServers, shared: false };
}

function apexRecordSets(zone: HostedZone): RecordSet[] {
  const servers = zone.nameServers.map((server) => `${server}.`);
  const soa = `${servers[0]} hostmaster.${zone.name} 1 7200 900 1209600 86400`;
  return [
    { type: 'NS', ttlSeconds: NS_TTL_SECONDS, values: servers },
    { type: 'SOA', ttlSeconds: SOA_TTL_SECONDS, values: [soa] },
  ];
}

function apply(draft: Draft, change: HostedZoneCreated, sequence: number): void {
  const { zone } = change;
  const apex = nameKey(zone.name);
  addHostedZone(draft, zone, {});
  const tree = new ZoneTree(draft, zone.id, apex);
  for (const set of change.apexRecordSets) tree.put(apex, set);
  tree.save();
  if (zone.delegationSetId !== undefined) {
    const set = draft.get(tables.delegationSets, [zone.delegationSetId]);
    if (set !== undefined) draft.put(tables.delegationSets, [set.id], { ...set, zoneCount: set.zoneCount + 1 });
    draft.put(tables.delegationSetZones, [zone.delegationSetId, zone.id], true);
  }
  keepChange(draft, change, sequence);
  keepHistory(
    draft,
    zone.id,
    change,
    sequence,
    change.apexRecordSets.map((after) => ({ name: zone.name, after })),
  );
}
