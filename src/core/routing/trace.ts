import type { Candidate, Group } from './tree.ts';

/** What `explain` is told while a tree is walked. The query path has none. */
export interface Trace {
  /** A group is entered. */
  enter(group: Group): void;
  /** Each of its candidates, in order: what the policy thinks of it, in words. */
  consider(candidate: Candidate, thought: string): void;
  /** A random number was drawn. */
  draw(value: number, meaning: string): void;
  /** The group's pick, or none; an unhealthy pick is a last resort. */
  pick(candidate: Candidate | undefined, healthy: boolean): void;
}
