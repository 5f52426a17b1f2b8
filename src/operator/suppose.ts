import { tables, type HealthCheck } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { enoughHealthy, statusOf } from '../core/health/status.ts';
import { OperatorError } from './find-zone.ts';

/** Statuses as they would be. */
export interface Supposed {
  readonly statuses: Uint8Array;
  /** Ids of those that are not as they really are: what was supposed, and what follows from it. */
  readonly supposed: ReadonlySet<string>;
}

/** The octets that core/routing reads. */
const UNHEALTHY = 1;
const HEALTHY = 2;
const CHECKS_AT_ONCE = 1000;

/**
 * A copy of the statuses in which some checks are as they are supposed to be, and the calculated ones that count them follow. Throws
 * `OperatorError` for a check that does not exist.
 */
export function suppose(view: View, statuses: Uint8Array, wanted: ReadonlyMap<string, boolean>): Supposed {
  const used = view.get(tables.counters, ['health-checks-ever']) ?? 0;
  const octets = new Uint8Array(used);
  octets.set(statuses.subarray(0, used));
  const supposed = new Set(wanted.keys());
  for (const [id, healthy] of wanted) octets[checkOf(view, id).index] = healthy ? HEALTHY : UNHEALTHY;
  if (wanted.size === 0) return { statuses: octets, supposed };
  // Calculated checks are not nested, so one look at each is enough.
  for (const { id, index, config } of calculatedChecks(view)) {
    const children = config.childHealthChecks ?? [];
    if (wanted.has(id) || !children.some((child) => wanted.has(child))) continue;
    const healths = children.map((child) => {
      const at = view.get(tables.healthChecks, [child])?.index;
      return at === undefined ? undefined : octets[at] !== UNHEALTHY;
    });
    const healthy = statusOf(config, enoughHealthy(config.healthThreshold ?? 0, healths));
    if ((octets[index] !== UNHEALTHY) !== healthy) supposed.add(id);
    octets[index] = healthy ? HEALTHY : UNHEALTHY;
  }
  return { statuses: octets, supposed };
}

function checkOf(view: View, id: string): HealthCheck {
  const check = view.get(tables.healthChecks, [id]);
  if (check !== undefined) return check;
  const some = view.range(tables.healthChecks, { limit: SHOWN_MAX + 1 }).map((row) => row.value.id);
  if (some.length === 0) throw new OperatorError(`there is no health check ${id}; there is none at all`);
  const shown = some.length > SHOWN_MAX ? [...some.slice(0, SHOWN_MAX), '…'] : some;
  throw new OperatorError(`there is no health check ${id}; there are ${shown.join(', ')}`);
}

/** Enough for a person who has mistyped one of a few. */
const SHOWN_MAX = 5;

function calculatedChecks(view: View): HealthCheck[] {
  const calculated: HealthCheck[] = [];
  for (let from = ''; ;) {
    const rows = view.range(tables.healthChecks, { from: [from], limit: CHECKS_AT_ONCE });
    for (const { value } of rows) if (value.config.type === 'CALCULATED') calculated.push(value);
    const last = rows.at(-1)?.value.id;
    if (last === undefined || rows.length < CHECKS_AT_ONCE) return calculated;
    from = `${last}\0`;
  }
}
