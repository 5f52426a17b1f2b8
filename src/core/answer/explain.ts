import { EDNS_OPTION } from '../dns/edns.ts';
import { printIpv4, printIpv6 } from '../dns/ip-address.ts';
import type { Message, ResourceRecord } from '../dns/message.ts';
import { keyToText, nameKey, normaliseName } from '../dns/name-key.ts';
import { printName } from '../dns/name.ts';
import { rdataType } from '../dns/rdata-types.ts';
import { rcodeName, TYPE, typeCode, typeName } from '../dns/record-type.ts';
import type { Latencies } from '../geo/latencies.ts';
import { findZone, type FoundZone } from '../zone/find-zone.ts';
import { lookup, lookupBehind, toRrset, type Result } from '../zone/lookup.ts';
import type { LookupStep } from '../zone/lookup-trace.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import { askWorld, ONE_PLAN_BYTES, type Asked } from './ask-world.ts';
import { COUNTERS } from './counters.ts';
import { GroupTrace } from './explain-groups.ts';
import type { ExplainedAnswer, ExplainedClient, ExplainedStep, Explanation } from './explanation.ts';
import type { OutsideTable } from './routed/outside-table.ts';
import type { Places } from './routed/query-asker.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld, type World } from './world.ts';

/**
 * Why a question is answered as it is. The answer comes from the very code that answers queries, with a trace that the query path has
 * none of: what the lookup meets (core/zone/lookup-trace.ts), and what each policy thinks, draws and picks (core/routing/trace.ts).
 *
 * Deliberately not here: where statuses come from, and supposing others (operator/explain.ts); how it is shown (cli/explain-text.ts).
 */
export interface QuestionToExplain extends Asked {
  readonly places: Places | undefined;
  readonly latencies: Latencies | undefined;
  /** What hosts outside resolve to. */
  readonly outside: OutsideTable | undefined;
  /** An octet for each health check, real or supposed. */
  readonly statuses: Uint8Array;
  /** Ids of those whose status is supposed. */
  readonly supposed: ReadonlySet<string>;
}

/** Undefined when no zone here holds the name: a query for it is refused. */
export function explain(zones: ZoneData, question: QuestionToExplain): Explanation | undefined {
  const name = nameKey(normaliseName(question.name));
  const type = typeCode(question.type) as number;
  const zone = findZone(zones, name, type);
  if (zone === undefined) return undefined;
  const groups = new GroupTrace(zones, zone, question.supposed, question.outside);
  const world = createWorld({
    zones,
    planBytesMax: ONE_PLAN_BYTES,
    settings: PLAIN_ANSWERS,
    counters: new Float64Array(COUNTERS),
    statuses: question.statuses,
    trace: groups,
    outside: question.outside,
  });
  world.places = question.places;
  world.asker.latencies = question.latencies;
  const message = askWorld(world, question);
  return {
    name: keyToText(name),
    type: typeName(type),
    client: clientOf(question),
    zone: { id: zone.zoneId, name: keyToText(zone.apex) },
    steps: zone.withheld ? [{ kind: 'withheld' }] : stepsOf(world, zone, name, type, groups),
    draw: question.draw,
    answer: answerOf(message),
  };
}

function stepsOf(world: World, zone: FoundZone, name: string, type: number, groups: GroupTrace): ExplainedStep[] {
  const { zones, asker } = world;
  const steps: ExplainedStep[] = [];
  const trace = (step: LookupStep): void => void steps.push(inText(step));
  const result = lookup(zones, zone, name, type, trace);
  if (result.kind !== 'routed') return steps;
  steps.push(...groups.steps(asker));
  if (type !== TYPE.CNAME && type !== TYPE.ANY) steps.push(...behindPicked(zones, zone, result, type, groups));
  return steps;
}

/** What follows a CNAME that routing has picked: as far as routing need not choose again, as core/answer/routed compiles it. */
function behindPicked(
  zones: ZoneData,
  zone: FoundZone,
  { chain, owner }: Extract<Result, { kind: 'routed' }>,
  type: number,
  groups: GroupTrace,
): ExplainedStep[] {
  const picked = groups.pickedSet();
  if (picked?.type !== 'CNAME' || picked.values === undefined) return [];
  const steps: ExplainedStep[] = [];
  const rrset = toRrset(owner, picked, zone.ttlSecondsMax);
  const behind = lookupBehind(zones, zone, [...chain, rrset], type, (step) => void steps.push(inText(step)));
  if (behind.kind === 'routed') steps.push({ kind: 'end', target: keyToText(behind.owner), why: 'routed' });
  return steps;
}

function inText(step: LookupStep): ExplainedStep {
  const names = ['name', 'wildcard', 'cut', 'target'];
  const members = Object.entries(step).map(([key, value]) => [
    key,
    names.includes(key) ? keyToText(value as string) : value,
  ]);
  return Object.fromEntries(members) as ExplainedStep;
}

function clientOf({ resolver, subnet, places }: QuestionToExplain): ExplainedClient {
  const bySubnet = subnet !== undefined && subnet.prefixLength > 0;
  const address = bySubnet ? subnet.address : resolver;
  const place = places?.place(address);
  return {
    network: bySubnet ? `${printAddress(address)}/${subnet.prefixLength}` : printAddress(address),
    toldBy: bySubnet ? 'client subnet' : 'its address',
    ...(place && {
      place: { continent: place.continent, country: place.country, subdivision: place.subdivision },
    }),
  };
}

function answerOf({ rcode, flags, answers, authorities, additionals, edns }: Message): ExplainedAnswer {
  const subnet = edns?.options.find(({ code }) => code === EDNS_OPTION.CLIENT_SUBNET)?.data;
  return {
    rcode: rcodeName(rcode),
    authoritative: flags.authoritative,
    ...(subnet && { clientSubnet: printSubnet(subnet) }),
    answers: answers.map(printRecord),
    authorities: authorities.map(printRecord),
    additionals: additionals.map(printRecord),
  };
}

function printRecord({ name, type, ttlSeconds, value }: ResourceRecord): string {
  return [printName(name), ttlSeconds, 'IN', typeName(type), rdataType(type).print(value)].join('\t');
}

/** RFC 7871 §6, as dig prints it. */
function printSubnet([, family = 1, source = 0, scope = 0, ...octets]: Uint8Array): string {
  const address = new Uint8Array(family === 1 ? 4 : 16);
  address.set(octets);
  return `${printAddress(address)}/${source}/${scope}`;
}

function printAddress(address: Uint8Array): string {
  return address.length === 4 ? printIpv4(address) : printIpv6(address);
}
