/** At most so many probes at once; the others wait in line. Each waits at most once, so the line is as long as there are checks. */
export class Gate {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #first = 0;
  #inside = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  /** Runs `start` now or when there is room; whoever was let in calls `leave` once. */
  enter(start: () => void): void {
    if (this.#inside >= this.#max) {
      this.#waiting.push(start);
      return;
    }
    this.#inside += 1;
    start();
  }

  leave(): void {
    this.#inside -= 1;
    if (this.waiting === 0 || this.#inside >= this.#max) return;
    const start = this.#waiting[this.#first++] as () => void;
    if (this.#first > 1024 && this.#first * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    this.#inside += 1;
    start();
  }
}
