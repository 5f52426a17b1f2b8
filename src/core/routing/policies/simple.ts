import type { Policy } from '../policy.ts';
import { POLICY } from '../program.ts';

/** The one set there is, whatever its health. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-simple.html */
export const simple: Policy = { name: 'simple', code: POLICY.simple, words: [], thought: () => 'the only one' };

export function pickSimple(): number {
  return 0;
}
