/** Where an attack goes, and for how long. Plain data: an attack is a process of its own. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly milliseconds: number;
  /** At the most; 0 for as many as it can. */
  readonly perSecond: number;
  /** Records are called `n0`, `n1` … in the zone: so many. */
  readonly names: number;
  /** From one /24 only. */
  readonly oneNetwork: boolean;
}

/** What was done, by what it was. None of it may be 0: an attack that does nothing shows nothing. */
export type Tally = Readonly<Record<string, number>>;

/** Calls `inPlace` once it has all its clients, and goes on for the target's time from then. */
export type Attack = (target: Target, inPlace: () => void) => Promise<Tally>;

/** A loopback address that no honest client of these tests has (those are in 127.0.0.0/16); 16 million of them, in 65,000 networks. */
export function randomSource(oneNetwork: boolean): readonly [number, number, number, number] {
  return oneNetwork ? [127, 9, 9, 1 + below(254)] : [127, 1 + below(254), below(256), 1 + below(254)];
}

export function below(bound: number): number {
  return Math.floor(Math.random() * bound);
}
