import type { ZoneSigner } from '../../dnssec/zone-signing.ts';
import { PlanCache } from '../plan-cache.ts';
import { SignatureCache } from './signature-cache.ts';
import { SigningBudget } from './signing-budget.ts';
import { ZoneSignings } from './zone-signings.ts';

/** One octet of so many that plans may take is for plans of names without end, and for signatures. */
const ENDLESS_SHARE = 8;
const SIGNATURES_SHARE = 16;

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
  readonly endless: PlanCache;
  readonly signatures: SignatureCache;
  /** Which of the two plans that a question may have was wanted last by somebody who asks for signatures: it is looked for first. */
  answeredLast = false;

  constructor(signer: ZoneSigner | undefined, planBytesMax: number, budget = new SigningBudget()) {
    this.signer = signer;
    this.budget = budget;
    this.endless = new PlanCache(Math.floor(planBytesMax / ENDLESS_SHARE));
    this.signatures = new SignatureCache(Math.floor(planBytesMax / SIGNATURES_SHARE));
  }

  /** What is left for all other plans. */
  static restOf(planBytesMax: number): number {
    return planBytesMax - Math.floor(planBytesMax / ENDLESS_SHARE) - Math.floor(planBytesMax / SIGNATURES_SHARE);
  }
}
