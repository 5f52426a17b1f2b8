import { attacks, type AttackName } from './attacks.ts';
import type { Target } from './attacks/attack.ts';

/** The process of one attack: `attacker.ts NAME TARGET`, the target as JSON. Says `in place`, and at the end what it did. */
const [name, target] = process.argv.slice(2) as [AttackName, string];
const tally = await attacks[name](JSON.parse(target) as Target, () => console.log('in place'));
console.log(JSON.stringify(tally));
process.exit(0);
