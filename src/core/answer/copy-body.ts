import { ROTATION_COUNTS, type Plan } from './plan.ts';

/**
 * Copies the first `octets` of a plan's body to `to`. The records of a set with several values begin with another one for each draw
 * and go round from there, so that clients that take the first share the load. No name is compressed against them, so they can
 * change places as they are (compile.ts).
 */
export function copyBody(plan: Plan, bodyAt: number, octets: number, to: Uint8Array, at: number, draw: number): void {
  const from = bodyAt + plan.rotatedFrom;
  const end = bodyAt + plan.rotatedTo;
  const first = plan.rotation === 0 || octets === 0 ? from : firstRecord(plan, from, end, draw);
  if (first === from) {
    copyOctets(plan.body, bodyAt, to, at, octets);
    return;
  }
  copyOctets(plan.body, bodyAt, to, at, plan.rotatedFrom);
  copyOctets(plan.body, first, to, at + plan.rotatedFrom, end - first);
  copyOctets(plan.body, from, to, at + plan.rotatedFrom + end - first, first - from);
  copyOctets(plan.body, end, to, at + plan.rotatedTo, octets - plan.rotatedTo);
}

/** Where the record begins that the draw puts first. */
function firstRecord(plan: Plan, from: number, end: number, draw: number): number {
  const { rotation } = plan;
  if (rotation < ROTATION_COUNTS) return from + Math.floor((draw * (end - from)) / rotation) * rotation;
  let at = from;
  for (let left = Math.floor(draw * (rotation - ROTATION_COUNTS)); left > 0; left -= 1) at = recordEnd(plan.body, at);
  return at;
}

function recordEnd(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] !== 0 && (body[at] as number) < 0xc0) at += 1 + (body[at] as number);
  at += body[at] === 0 ? 1 : 2;
  return at + 10 + (((body[at + 8] as number) << 8) | (body[at + 9] as number));
}

/** Beyond this the runtime's own copy costs less than the loop (36 ns against one for each octet), although it needs a view. */
const LOOP_OCTETS_MAX = 32;

function copyOctets(from: Uint8Array, start: number, to: Uint8Array, at: number, octets: number): void {
  if (octets > LOOP_OCTETS_MAX) {
    to.set(from.subarray(start, start + octets), at);
    return;
  }
  for (let index = 0; index < octets; index += 1) to[at + index] = from[start + index] as number;
}
