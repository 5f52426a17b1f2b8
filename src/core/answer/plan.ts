/** A compiled answer: what follows the question, and what the header says. Lengths are octets. */
export interface Plan {
  /** AA and the rcode, as bits of the header's flags. */
  flags: number;
  answers: number;
  authorities: number;
  additionals: number;
  body: Uint8Array;
  bodyLength: number;
  /** The part of the body that must fit; the rest, additional records that only help, may be left out (RFC 2181 §9). */
  requiredLength: number;
  /** The additional records in that part: glue. */
  requiredAdditionals: number;
  /** Where the records that are answered in turns begin; they end with the required part. Says nothing when `rotation` is 0. */
  rotatedFrom: number;
  /** 0 for none; the octets of each when all have as many; else how many there are, with `ROTATION_COUNTS`. */
  rotation: number;
  /** Its pointers are to be moved: see shared-plan.ts. */
  shared: boolean;
}

export const ROTATION_COUNTS = 0x8000;

export const EMPTY_PLAN: Readonly<Plan> = {
  flags: 0,
  answers: 0,
  authorities: 0,
  additionals: 0,
  body: new Uint8Array(0),
  bodyLength: 0,
  requiredLength: 0,
  requiredAdditionals: 0,
  rotatedFrom: 0,
  rotation: 0,
  shared: false,
};
