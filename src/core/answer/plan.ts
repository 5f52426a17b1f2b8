/** A compiled answer: what follows the question, and what the header says. Lengths are octets. */
export interface Plan {
  /** AA and the rcode, as bits of the header's flags, and some that stay here: see `HEADER_FLAGS`. */
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
  /** Where the records that are answered in turns begin, and where they end. They say nothing when `rotation` is 0. */
  rotatedFrom: number;
  rotatedTo: number;
  /** 0 for none; the octets of each when all have as many; else how many there are, with `ROTATION_COUNTS`. */
  rotation: number;
  /** Its pointers are to be moved: see shared-plan.ts. */
  shared: boolean;
}

export const ROTATION_COUNTS = 0x8000;

/** Where the question's name is, as a pointer. */
export const QNAME_POINTER = 0xc00c;

/** The flags that go into the header. Of the others none has a meaning there that a plan could have (RA, AD, CD, RFC 6895 §2.1). */
export const HEADER_FLAGS = 0xff0f;
/** The rcode is for those who know compact denial, and NOERROR for others (RFC 9824 §5.1). */
export const COMPACT = 0x0010;
/** One of the answers that names without end have, though it is not shared: for rates (rate-limit.ts). */
export const ENDLESS = 0x0080;
/** Who asks for signatures is answered by another plan. */
export const SIGNED_TOO = 0x0020;

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
  rotatedTo: 0,
  rotation: 0,
  shared: false,
};
