import { ADDRESSES_MAX } from '../core/answer/routed/outside-table.ts';
import { isCopied, type CopyHostCommand } from '../core/control/copied-hosts.ts';
import { outsideTargetNumber } from '../core/control/outside-targets.ts';
import { isRefusal, type Refusal } from '../core/control/operation.ts';
import type { OutsideTarget } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';

/**
 * Has copies of zones follow the hosts outside that aliases lead to: what one resolves to is sent to the log when it is something else
 * than the copies say, and the zones that others copy get their next serials. A host that changes all the time is followed once a
 * minute, so that its zones are not copied all the time.
 */
export interface HostCopiesOptions {
  /** The newest state. */
  readonly view: () => View;
  readonly submit: (operation: string, command: CopyHostCommand) => Promise<object | Refusal>;
  /** Whether anybody copies zones. */
  readonly wanted: () => boolean;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  readonly onFailure: (target: OutsideTarget, message: string) => void;
}

/** From one change of a host to the next. */
const FOLLOW_MILLISECONDS_MIN = 60_000;

export class HostCopies {
  readonly #options: HostCopiesOptions;
  /** What is to be compared with what the copies say. */
  readonly #waiting = new Map<string, CopyHostCommand>();
  readonly #followedAt = new Map<string, number>();
  #working: Promise<void> | undefined;

  constructor(options: HostCopiesOptions) {
    this.#options = options;
  }

  answered({ name, type }: OutsideTarget, addresses: readonly string[]): void {
    this.#waiting.set(`${name} ${type}`, { name, type, values: addresses.slice(0, ADDRESSES_MAX) });
  }

  /** To be called every second or so; resolves when what could be done is done. */
  tick(): Promise<void> {
    if (!this.#options.wanted()) return Promise.resolve();
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    return this.#working;
  }

  async #work(): Promise<void> {
    const now = this.#options.now();
    for (const [key, at] of this.#followedAt) if (now - at >= FOLLOW_MILLISECONDS_MIN) this.#followedAt.delete(key);
    for (const [key, command] of this.#waiting) {
      if (this.#followedAt.has(key)) continue;
      this.#waiting.delete(key);
      if (await this.#follow(command)) this.#followedAt.set(key, now);
    }
  }

  /** Whether there was something to do. A change has a part of the zones, when there are many. */
  async #follow(command: CopyHostCommand): Promise<boolean> {
    const { view, submit, onFailure } = this.#options;
    for (let parts = 0; ; parts += 1) {
      if (isCopied(view(), command) || outsideTargetNumber(view(), command.name, command.type) === undefined) {
        return parts > 0;
      }
      const outcome = await submit('CopyHost', command);
      if (!isRefusal(outcome)) continue;
      onFailure(command, outcome.message);
      return true;
    }
  }
}
