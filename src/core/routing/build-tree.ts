import { nameKey } from '../dns/name-key.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { Routing } from '../zone/routing.ts';
import type { NameKey, NameNode } from '../zone/zone-data.ts';
import type { Policy } from './policy.ts';
import { failover } from './policies/failover.ts';
import { geolocation } from './policies/geolocation.ts';
import { geoproximity } from './policies/geoproximity.ts';
import { ipBased, type NumberedNetworks } from './policies/ip-based.ts';
import { latency } from './policies/latency.ts';
import { multivalue } from './policies/multivalue.ts';
import { simple } from './policies/simple.ts';
import { weighted } from './policies/weighted.ts';
import { NO_CHECK } from './program.ts';
import { NOTHING, type Branch, type Candidate, type Group, type Leaf } from './tree.ts';

/** Where a tree's parts come from. */
export interface TreeSource {
  /** The node at a name of the zone. */
  node(name: NameKey): NameNode | undefined;
  /** Place of a health check in the status table; undefined when it was deleted. */
  checkIndex(healthCheckId: string): number | undefined;
  collection(id: string): NumberedNetworks | undefined;
  /** Takes a set with values in, and gives the number of its leaf. */
  leaf(set: RecordSet): number;
  /** The leaf of an alias of a host outside. */
  outside(set: RecordSet): Leaf;
}

/** Aliases from one to the next. They cannot loop when they are made, but later changes can leave a long chain. */
export const ALIASES_MAX = 16;

/** The tree of a name and type; `sets` are all record sets of that type there, at least one. */
export function buildTree(name: string, sets: readonly RecordSet[], source: TreeSource): Group {
  return new Builder(source).group(name, sets, 0);
}

/** Groups are kept by name while a tree is built, so that many aliases of one target lead to one group. */
class Builder {
  readonly #source: TreeSource;
  readonly #groups = new Map<NameKey, Group | 'being built'>();

  constructor(source: TreeSource) {
    this.#source = source;
  }

  group(name: string, sets: readonly RecordSet[], depth: number): Group {
    const key = nameKey(name);
    this.#groups.set(key, 'being built');
    const group: Group = {
      kind: 'group',
      name,
      type: sets[0]?.type ?? '',
      policy: policyOf(sets, this.#source),
      candidates: sets.map((set) => this.#candidate(set, depth)),
    };
    this.#groups.set(key, group);
    return group;
  }

  #candidate(set: RecordSet, depth: number): Candidate {
    const check = set.healthCheckId === undefined ? undefined : this.#source.checkIndex(set.healthCheckId);
    return {
      setIdentifier: set.setIdentifier ?? '',
      check: check ?? NO_CHECK,
      evaluatesTarget: set.alias?.evaluateTargetHealth ?? false,
      target: this.#target(set, depth),
    };
  }

  #target(set: RecordSet, depth: number): Branch {
    if (set.alias === undefined) return { kind: 'leaf', index: this.#source.leaf(set), empty: false };
    if (set.alias.outside === true) return this.#source.outside(set);
    const { name } = set.alias;
    const known = this.#groups.get(nameKey(name));
    const sets = this.#source.node(nameKey(name))?.recordSets.filter((each) => each.type === set.type) ?? [];
    if (known === 'being built' || sets.length === 0 || depth === ALIASES_MAX)
      return { kind: 'leaf', index: NOTHING, empty: true };
    return known ?? this.group(name, sets, depth + 1);
  }
}

/** The policy of a group. All its sets have the same one: core/control sees to that. */
function policyOf(sets: readonly RecordSet[], source: TreeSource): Policy {
  switch (sets[0]?.routing?.policy) {
    case undefined:
      return simple;
    case 'weighted':
      return weighted(terms(sets, 'weighted').map(({ weight }) => weight));
    case 'latency':
      return latency(terms(sets, 'latency').map(({ region }) => region));
    case 'failover':
      return failover(terms(sets, 'failover').map(({ role }) => role));
    case 'geolocation':
      return geolocation(terms(sets, 'geolocation').map(({ location }) => location));
    case 'geoproximity':
      return geoproximity(terms(sets, 'geoproximity').map(({ origin, bias = 0 }) => ({ origin, bias })));
    case 'multivalue':
      return multivalue;
    case 'ip-based': {
      const all = terms(sets, 'ip-based');
      return ipBased(
        all.map(({ location }) => location),
        source.collection(all[0]?.collectionId ?? ''),
      );
    }
  }
}

function terms<P extends Routing['policy']>(sets: readonly RecordSet[], policy: P): Extract<Routing, { policy: P }>[] {
  return sets.map((set) => {
    if (set.routing?.policy !== policy)
      throw new Error(`a ${set.routing?.policy ?? 'simple'} set among ${policy} ones`);
    return set.routing as Extract<Routing, { policy: P }>;
  });
}
