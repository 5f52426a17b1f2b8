/** A turn has time for so many: connections that are there wait, too. */
const ACCEPTED_PER_TURN_MAX = 64;
const FULL_TURNS_PER_DOUBLING = 4;

/**
 * How many connections a listener is asked for in a turn: as many as there were lately, since to find out each time that there are no
 * more would cost a call for each connection.
 */
export class AcceptPace {
  max = 1;
  #fullTurns = 0;

  /** To be called before a turn's connections are accepted. */
  begin(): void {
    this.#fullTurns += 1;
    if (this.#fullTurns % FULL_TURNS_PER_DOUBLING === 0) this.max = Math.min(this.max * 2, ACCEPTED_PER_TURN_MAX);
  }

  /** There were only so many. */
  endedAt(count: number): void {
    this.max = Math.max(count, 1);
    this.#fullTurns = 0;
  }
}
