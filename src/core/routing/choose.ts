import type { Asker } from './asker.ts';
import { NONE, SEVERAL_MAX } from './policy.ts';
import { pickFailover } from './policies/failover.ts';
import { pickGeolocation } from './policies/geolocation.ts';
import { pickGeoproximity } from './policies/geoproximity.ts';
import { pickIpBased } from './policies/ip-based.ts';
import { pickLatency } from './policies/latency.ts';
import { pickMultivalue } from './policies/multivalue.ts';
import { pickSimple } from './policies/simple.ts';
import { pickWeighted } from './policies/weighted.ts';
import { DISTANCE_SHIFT, isHealthy, POLICY, policyAt, TARGET, TARGET_KIND, targetAt } from './program.ts';

/** Room for the leaves of one answer. */
export const CHOSEN_MAX = SEVERAL_MAX;

/**
 * Walks a program from group to group until it reaches values, and writes their leaves' places into `chosen`; gives how many they
 * are, 0 when nothing is for this client. Each group picks by what is healthy below it, and where nothing is it picks as if all
 * were: its parent had the chance to go elsewhere. Allocates nothing.
 */
export function choose(words: Int32Array, root: number, asker: Asker, chosen: Int32Array): number {
  let group = root;
  for (;;) {
    asker.trace?.enter(group, asker);
    const policy = policyAt(words, group);
    if (policy === POLICY.multivalue) {
      return leavesOf(words, group, pickMultivalue(words, group, asker, chosen), asker, chosen);
    }
    const picked = pickOne(policy, words, group, asker);
    asker.trace?.pick(picked, picked !== NONE && isHealthy(words, group, picked, asker));
    if (picked === NONE) return 0;
    const target = targetAt(words, group, picked);
    const kind = target & TARGET_KIND;
    if (kind === TARGET.nothing) return 0;
    group += target >> DISTANCE_SHIFT;
    if (kind === TARGET.group) continue;
    chosen[0] = group;
    return 1;
  }
}

function pickOne(policy: number, words: Int32Array, group: number, asker: Asker): number {
  switch (policy) {
    case POLICY.simple:
      return pickSimple();
    case POLICY.weighted:
      return pickWeighted(words, group, asker);
    case POLICY.latency:
      return pickLatency(words, group, asker);
    case POLICY.failover:
      return pickFailover(words, group, asker);
    case POLICY.geolocation:
      return pickGeolocation(words, group, asker);
    case POLICY.geoproximity:
      return pickGeoproximity(words, group, asker);
    case POLICY.ipBased:
      return pickIpBased(words, group, asker);
    default:
      throw new Error(`no policy has the code ${policy}`);
  }
}

/** Turns places of candidates into those of leaves. Sets that answer together are never aliases, so each leads to values. */
function leavesOf(words: Int32Array, group: number, count: number, asker: Asker, chosen: Int32Array): number {
  for (let at = 0; at < count; at += 1) {
    const candidate = chosen[at] as number;
    asker.trace?.pick(candidate, isHealthy(words, group, candidate, asker));
    chosen[at] = group + (targetAt(words, group, candidate) >> DISTANCE_SHIFT);
  }
  return count;
}
