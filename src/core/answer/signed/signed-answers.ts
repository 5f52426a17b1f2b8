import type { ZoneSigner } from '../../dnssec/zone-signing.ts';
import { PlanCache } from '../plan-cache.ts';
import { SignatureCache } from './signature-cache.ts';
import { SigningBudget } from './signing-budget.ts';
import { ZoneSignings } from './zone-signings.ts';

/** One octet of so many that plans may take is for plans of names without end, and for signatures. */
const ENDLESS_SHARE = 8;
const SIGNATURES_SHARE = 16;
/** Before anything was signed. */
const EMPTY_BYTES = 1024;

/** What a thread needs to answer with signatures, and keeps of it. */
export class SignedAnswers {
  /** Undefined where there are no keys: then signed zones cannot be answered to who asks for signatures. */
  readonly signer: ZoneSigner | undefined;
  readonly zones = new ZoneSignings();
  readonly budget: SigningBudget;
  /**
   * Plans of names that do not exist, or that a wildcard answers: each has signatures of its own, so they cannot share one. They have a
   * ring for themselves, where a flood of them puts out nothing but each other.
   */
  endless = new PlanCache(EMPTY_BYTES);
  signatures = new SignatureCache(EMPTY_BYTES);
  hasRoom = false;
  /** Which of the two plans that a question may have was wanted last by somebody who asks for signatures: it is looked for first. */
  answeredLast = false;

  readonly #planBytesMax: number;

  constructor(signer: ZoneSigner | undefined, planBytesMax: number, budget = new SigningBudget()) {
    this.signer = signer;
    this.budget = budget;
    this.#planBytesMax = planBytesMax;
  }

  /**
   * Something is signed for the first time: until then all room is for plans without signatures. Gives back an empty cache for those, in what is
   * left: they are compiled anew once, as after a start.
   */
  takeRoom(): PlanCache {
    const endless = Math.floor(this.#planBytesMax / ENDLESS_SHARE);
    const signatures = Math.floor(this.#planBytesMax / SIGNATURES_SHARE);
    this.endless = new PlanCache(endless);
    this.signatures = new SignatureCache(signatures);
    this.hasRoom = true;
    return new PlanCache(this.#planBytesMax - endless - signatures);
  }
}
