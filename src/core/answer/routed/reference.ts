import { EMPTY_PLAN, type Plan } from '../plan.ts';

/** What stands in the plan cache for a routed plan: its number. No answer has these flags: the bit has no use yet (RFC 6895 §2.1). */
export const REFERENCE = 0x0040;

export function referenceTo(number: number): Plan {
  const body = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
  return { ...EMPTY_PLAN, flags: REFERENCE, body, bodyLength: body.length, requiredLength: body.length };
}

export function numberIn(body: Uint8Array, at: number): number {
  const high = (body[at] as number) * 2 ** 24;
  return high + (((body[at + 1] as number) << 16) | ((body[at + 2] as number) << 8) | (body[at + 3] as number));
}
