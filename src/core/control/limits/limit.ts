/** A quota and how much of it is used. */
export interface Limit {
  readonly type: string;
  readonly value: number;
  readonly count: number;
}
