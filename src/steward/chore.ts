/** Something that time makes due, again and again. */
export interface Chore {
  readonly name: string;
  /**
   * Does what is due, one after the other, until `stopping`. Resolves with when there will be more: milliseconds since the epoch, or
   * undefined when nothing is known of.
   */
  round(stopping: () => boolean): Promise<number | undefined>;
}
