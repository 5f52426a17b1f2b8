import type { Policy } from '../policy.ts';

/** The one set there is, whatever its health. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-simple.html */
export const simple: Policy = { name: 'simple', several: false, thought: () => 'the only one', pick: () => 0 };
