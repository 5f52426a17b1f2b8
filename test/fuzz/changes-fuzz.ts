import type { World } from '../../src/core/answer/world.ts';
import { House } from '../../src/core/control/house-in-memory.ts';
import { operationNamed } from '../../src/core/control/operations.ts';
import { zoneDataOf } from '../../src/core/control/zone-data.ts';
import { fuzzWorld } from './asked-twice.ts';
import { problemWith } from './lookup-fuzz.ts';
import { randomQuestion, type FuzzQuestion } from './question.ts';
import { RandomChanges } from './random-changes.ts';
import { printStored, zonesAsText, type RandomZone } from './random-zones.ts';
import { Random } from './random.ts';

/** Changes to one house; then it is built anew. */
const CHANGES_PER_HOUSE = 200;
const QUESTIONS_PER_CHANGE = 24;

/** Zones, record sets and whole zones come and go in memory while one world with a small cache answers. */
export function fuzzChanges(changes: number, seed: number): { accepted: number } {
  const random = new Random(seed);
  let accepted = 0;
  for (let count = 0; count < changes; count += CHANGES_PER_HOUSE) {
    const house = new House();
    const world = fuzzWorld(zoneDataOf(house.draft), random.pick([1 << 10, 1 << 14, 1 << 18]));
    const changing = new RandomChanges(random);
    const asker = new Asker(random);
    for (let left = CHANGES_PER_HOUSE; left > 0; left -= 1) {
      const { operation, command, accepted: onAccepted } = changing.next();
      const writing = operationNamed(operation);
      const change = house.run(writing, command);
      if (typeof change !== 'string') {
        accepted += 1;
        onAccepted(change);
        for (const zoneId of writing.touches(house.draft, change)) world.versions.zoneChanged(zoneId);
      }
      asker.ask(world, changing, `seed ${seed}, change ${count + CHANGES_PER_HOUSE - left}: ${operation}`);
    }
  }
  return { accepted };
}

/** Asks after each change, above all what was asked before it. */
export class Asker {
  readonly #random: Random;
  readonly #asked: FuzzQuestion[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Throws at the first answer that is not what the zones hold now. */
  ask(world: World, changing: RandomChanges, when: string): void {
    const random = this.#random;
    for (let left = QUESTIONS_PER_CHANGE; left > 0 && changing.zones.length > 0; left -= 1) {
      const again = this.#asked.length > 0 && !random.oneIn(3);
      const question = again ? random.pick(this.#asked) : randomQuestion(random, changing.zones, changing.contested);
      if (!again) this.#asked.splice(random.below(ASKED_MAX), 1, question);
      const problem = problemWith(random, world, changing.zones, question);
      if (problem === undefined) continue;
      const asked = `${printStored(question.qname)} ${question.qtype}`;
      throw new Error(`${when}: ${asked}: ${problem}\n${zonesAsText(changing.zones as readonly RandomZone[])}`);
    }
  }
}

const ASKED_MAX = 64;
