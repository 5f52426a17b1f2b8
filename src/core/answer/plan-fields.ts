import type { Plan } from './plan.ts';

/** How what a plan says besides its body lies in memory: so many halves. */
export const FIELDS = 9;

export const FLAGS = 0;
const ANSWERS = 1;
const AUTHORITIES = 2;
const ADDITIONALS = 3;
export const BODY_LENGTH = 4;
const REQUIRED_LENGTH = 5;
/** The one where there are referrals, the other where records take turns: no answer has both. */
const REQUIRED_ADDITIONALS_OR_ROTATED_TO = 6;
const ROTATED_FROM = 7;
const ROTATION = 8;

export function writeFields(plan: Plan, halves: Uint16Array, at: number): void {
  halves[at + FLAGS] = plan.flags;
  halves[at + ANSWERS] = plan.answers;
  halves[at + AUTHORITIES] = plan.authorities;
  halves[at + ADDITIONALS] = plan.additionals;
  halves[at + BODY_LENGTH] = plan.bodyLength;
  halves[at + REQUIRED_LENGTH] = plan.requiredLength;
  halves[at + REQUIRED_ADDITIONALS_OR_ROTATED_TO] = plan.rotation === 0 ? plan.requiredAdditionals : plan.rotatedTo;
  halves[at + ROTATED_FROM] = plan.rotatedFrom;
  halves[at + ROTATION] = plan.rotation;
}

export function readFields(halves: Uint16Array, at: number, plan: Plan): void {
  plan.flags = halves[at + FLAGS] as number;
  plan.answers = halves[at + ANSWERS] as number;
  plan.authorities = halves[at + AUTHORITIES] as number;
  plan.additionals = halves[at + ADDITIONALS] as number;
  plan.bodyLength = halves[at + BODY_LENGTH] as number;
  plan.requiredLength = halves[at + REQUIRED_LENGTH] as number;
  plan.rotatedFrom = halves[at + ROTATED_FROM] as number;
  plan.rotation = halves[at + ROTATION] as number;
  plan.rotatedTo = halves[at + REQUIRED_ADDITIONALS_OR_ROTATED_TO] as number;
  plan.requiredAdditionals = plan.rotation === 0 ? plan.rotatedTo : 0;
}
