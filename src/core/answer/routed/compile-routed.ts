import { keyToText } from '../../dns/name-key.ts';
import { TYPE } from '../../dns/record-type.ts';
import { WireWriter } from '../../dns/wire-writer.ts';
import { buildTree } from '../../routing/build-tree.ts';
import type { Zone } from '../../zone/find-zone.ts';
import { lookupBehind, toRrset, type Result } from '../../zone/lookup.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { compile, type Fixed, type Signing } from '../compile.ts';
import { EMPTY_PLAN, type Plan } from '../plan.ts';
import { CANONICAL_END, relocate, SHARED_BODY_OCTETS_MAX } from '../shared-plan.ts';
import type { World } from '../world.ts';
import type { Memory } from '../memory.ts';
import type { OutsideAnswer, Watched } from './outside-table.ts';
import { UNRESOLVED, writeRouted } from './routed-plan.ts';

export type Routed = Extract<Result, { kind: 'routed' }>;

/** The question that the plan is for, as a writer needs it. */
export interface Question {
  readonly packet: Uint8Array;
  readonly end: number;
  /** From where on its names are targets of compression. */
  readonly known: number;
  readonly name: NameKey;
  readonly type: number;
}

/** A routed plan, from its memory's first word on. */
export interface CompiledRouted {
  readonly memory: Memory;
  /** Whether the pointers of all leaves still reach when a longer question moves them: see shared-plan.ts. */
  readonly pointersReach: boolean;
}

/**
 * Compiles every leaf of a routed result. `shared` makes it a plan for all names below the question's closest encloser, as
 * shared-plan.ts does for the others. Throws `WireOverflow` when a leaf fits no message.
 */
export function compileRouted(
  world: World,
  zone: Zone,
  result: Routed,
  question: Question,
  shared: boolean,
): CompiledRouted {
  const leaves: Plan[] = [];
  const watched: Watched[] = [];
  const collections = new Set<number>();
  const ready = (each: Fixed): Plan => own(compileBehind(world, zone, each, question), question, shared);
  const tree = buildTree(keyToText(result.group.name), result.group.sets, {
    node: (name) => world.zones.node(zone.id, name),
    checkIndex: (id) => world.zones.healthCheckIndex(id),
    collection(id) {
      const networks = world.zones.networks(id);
      if (networks === undefined) return undefined;
      const number = world.asker.collections.numberOf(networks);
      collections.add(number);
      return { number, networks };
    },
    leaf: (set) => leaves.push(ready(leafResult(world, zone, result, set, question.type))) - 1,
    outside(set) {
      const answer = outsideAnswer(world, set, watched);
      const index = leaves.push(answer === undefined ? NO_ANSWER : ready(outsideResult(zone, result, set, answer))) - 1;
      return { kind: 'leaf', index, empty: (answer?.values.length ?? 0) === 0 };
    },
  });
  const { memory, encoded } = writeRouted({
    tree,
    leaves,
    nodata: ready({ kind: 'nodata', chain: result.chain }),
    chain: ready({ kind: 'chain', chain: result.chain }),
    watched,
    collections: [...collections],
  });
  world.asker.expect(encoded.groups.size);
  world.asker.trace?.learn(encoded);
  return { memory, pointersReach: leaves.every((leaf) => leaf.bodyLength <= SHARED_BODY_OCTETS_MAX) };
}

/** The leaf of a host outside of which nothing is known. */
const NO_ANSWER: Plan = { ...EMPTY_PLAN, flags: UNRESOLVED };

/** What is known of the host that an alias leads to, and from now on watched. */
function outsideAnswer(world: World, { alias, type }: RecordSet, watched: Watched[]): OutsideAnswer | undefined {
  const number = alias && world.zones.outsideNumber(alias.name, type);
  if (number === undefined || world.outside === undefined) return undefined;
  const found = world.outside.read(number);
  watched.push(found.watched);
  return found.answer;
}

function outsideResult(
  zone: Zone,
  { chain, owner }: Routed,
  { type }: RecordSet,
  { ttlSeconds, values }: OutsideAnswer,
): Fixed {
  if (values.length === 0) return { kind: 'nodata', chain };
  return { kind: 'found', chain, rrset: toRrset(owner, { type, ttlSeconds, values }, zone.ttlSecondsMax) };
}

/** A leaf's set as if it were the only one. A CNAME is followed as far as no further routing has to choose. */
function leafResult(world: World, zone: Zone, { chain, owner }: Routed, set: RecordSet, qtype: number): Fixed {
  const rrset = toRrset(owner, set, zone.ttlSecondsMax);
  if (rrset.type !== TYPE.CNAME || qtype === TYPE.CNAME || qtype === TYPE.ANY) return { kind: 'found', chain, rrset };
  const behind = lookupBehind(world.zones, zone, [...chain, rrset], qtype);
  return behind.kind === 'routed' ? { kind: 'chain', chain: behind.chain } : behind;
}

/** The plan for a result, written into the world's scratch behind a copy of the question. Throws `WireOverflow`. */
export function compileBehind(world: World, zone: Zone, result: Fixed, question: Question, signing?: Signing): Plan {
  world.scratch.set(question.packet.subarray(0, question.end));
  const out = new WireWriter(world.scratch, question.end);
  out.remember(question.known);
  return compile(world.zones, zone, question.name, result, out, signing);
}

/** A plan with a body of its own: the writer's is used again. */
function own(plan: Plan, question: Question, shared: boolean): Plan {
  const body = plan.body.slice(0, plan.bodyLength);
  if (shared) relocate(body, 0, body.length, CANONICAL_END - question.end);
  return { ...plan, body };
}
