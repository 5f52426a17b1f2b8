import type { Query } from './query.ts';

/** Octets of the answer, or 0: say nothing. */
export type Answerer = (query: Query, response: Uint8Array) => number;

/**
 * Who answers what is no plain query: signed messages, NOTIFY, and requests for a whole zone. That takes keys and rules which this
 * room does not have. `plain` answers a message as if nobody had signed it; `response` must not be the same memory.
 */
export interface Desk {
  answer(query: Query, response: Uint8Array, plain: Answerer): number;
}
