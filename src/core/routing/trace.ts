import type { Candidate } from './tree.ts';

/** What `explain` is told while a tree is walked. The query path has none. */
export interface Trace {
  /** A group is entered. */
  enter(group: { readonly name: string; readonly type: string; readonly policy: string }): void;
  /** A candidate was weighed up: what the policy thinks of it, in words, and whether it is healthy. */
  consider(candidate: Candidate, thought: string, healthy: boolean): void;
  /** A random number was drawn. */
  draw(value: number, meaning: string): void;
  /** The group's pick, or none; an unhealthy pick is a last resort. */
  pick(candidate: Candidate | undefined, healthy: boolean): void;
}
