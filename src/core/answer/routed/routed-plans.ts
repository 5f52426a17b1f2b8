import type { RoutedPlan } from './routed-plan.ts';

/**
 * The routed plans of a thread. They are objects and cannot live in the plan cache's arena, which holds their numbers instead; so they
 * go the way of its entries: new ones take the place of the oldest, and a number that is no longer known is compiled anew.
 */
export class RoutedPlans {
  readonly #plans: (RoutedPlan | undefined)[] = [];
  readonly #octetsMax: number;
  #octets = 0;
  /** Number of the oldest that is kept. */
  #oldest = 0;
  #next = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** Its number, which is never given again. */
  add(plan: RoutedPlan): number {
    const number = this.#next;
    this.#next += 1;
    this.#plans[number % PLANS_MAX] = plan;
    this.#octets += plan.octets;
    while (
      this.#next - this.#oldest > 1 &&
      (this.#octets > this.#octetsMax || this.#next - this.#oldest >= PLANS_MAX)
    ) {
      const slot = this.#oldest % PLANS_MAX;
      this.#octets -= this.#plans[slot]?.octets ?? 0;
      this.#plans[slot] = undefined;
      this.#oldest += 1;
    }
    return number;
  }

  get(number: number): RoutedPlan | undefined {
    return number >= this.#oldest && number < this.#next ? this.#plans[number % PLANS_MAX] : undefined;
  }
}

/** Beyond any number of routed names that one thread's share of memory holds. */
const PLANS_MAX = 2 ** 16;
