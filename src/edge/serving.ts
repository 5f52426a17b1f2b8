import type { World } from '../core/answer/world.ts';
import type { PropagationFollower } from '../log/propagation.ts';

/** What every edge worker has: a world to answer from, and a way to keep it up to date. */
export interface Serving {
  readonly world: World;
  readonly follower: PropagationFollower;
  /** Makes the world as new as the log; to be called between queries. */
  catchUp(): void;
  closing(): boolean;
}
