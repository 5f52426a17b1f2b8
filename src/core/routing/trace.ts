import type { Asker } from './asker.ts';
import type { Encoded } from './encode.ts';

/** What `explain` is told while a program is walked. The query path has none. */
export interface Trace {
  /** The program that will be walked, and the groups that it was made of. */
  learn(encoded: Encoded): void;
  /** A group is entered, by its place. The pick depends on nothing that is asked about it first. */
  enter(group: number, asker: Asker): void;
  /** A random number was drawn. */
  draw(value: number, meaning: string): void;
  /** The group's pick, or `NONE`; an unhealthy pick is a last resort. */
  pick(candidate: number, healthy: boolean): void;
}
