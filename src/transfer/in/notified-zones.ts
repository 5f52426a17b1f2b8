/**
 * Word of the edge to the transfer thread that a primary says a zone has changed: a mark for each secondary zone, by its place in the
 * settings, in shared memory. However many NOTIFYs come, a mark is a mark, and none is lost.
 */
export class NotifiedZones {
  /** Place 0 counts; the marks are behind it. */
  readonly #marks: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#marks = new Int32Array(buffer);
  }

  /** After a reload a worker may still go by the old places: then a zone is looked at for nothing, and the right one when it is due. */
  mark(place: number): void {
    if (1 + place >= this.#marks.length) return;
    Atomics.store(this.#marks, 1 + place, 1);
    Atomics.add(this.#marks, 0, 1);
    Atomics.notify(this.#marks, 0);
  }

  /** Takes the marks of the first `count` places. */
  take(count: number): number[] {
    const places: number[] = [];
    for (let place = 0; place < count; place += 1) {
      if (Atomics.exchange(this.#marks, 1 + place, 0) !== 0) places.push(place);
    }
    return places;
  }

  get count(): number {
    return Atomics.load(this.#marks, 0);
  }

  /** Resolves when there are marks since `count` was what is given, or after `timeoutMilliseconds`. */
  async marked(count: number, timeoutMilliseconds: number): Promise<void> {
    await Atomics.waitAsync(this.#marks, 0, count, timeoutMilliseconds).value;
  }
}

export function createNotifiedZones(zonesMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer((1 + zonesMax) * Int32Array.BYTES_PER_ELEMENT);
}
