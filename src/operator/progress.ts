/** How far a long command is, told to whoever started it. What it looks like is the command line's matter. */
export interface Progress {
  /** A new stretch of work; `total`, if it is known, in the unit of `add`. */
  begin(what: string, unit: 'octets' | 'record sets', total?: number): void;
  add(count: number): void;
  end(): void;
}
