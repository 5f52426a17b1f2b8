/** What is wrong with the zone files of an import, each with its place; a bounded number of them, and how many there were. */
export class ZoneProblems {
  readonly #files: readonly string[];
  readonly #lines: string[] = [];
  readonly #notes: string[] = [];
  #count = 0;
  #notesCount = 0;

  /** `files` is filled as files are opened. */
  constructor(files: readonly string[]) {
    this.#files = files;
  }

  get count(): number {
    return this.#count;
  }

  /** Nothing is imported. */
  add(message: string, file: number, line: number, column?: number): void {
    this.#count += 1;
    if (this.#lines.length < SHOWN_MAX) this.#lines.push(this.#placed(message, file, line, column));
  }

  /** Worth knowing, and no obstacle. */
  note(message: string, file: number, line: number): void {
    this.#notesCount += 1;
    if (this.#notes.length < SHOWN_MAX) this.#notes.push(this.#placed(message, file, line));
  }

  /** About no line in particular. */
  addGeneral(message: string): void {
    this.#count += 1;
    if (this.#lines.length < SHOWN_MAX) this.#lines.push(message);
  }

  problems(): string[] {
    return withRest(this.#lines, this.#count);
  }

  notes(): string[] {
    return withRest(this.#notes, this.#notesCount);
  }

  #placed(message: string, file: number, line: number, column?: number): string {
    const place = [this.#files[file] ?? '?', line, ...(column === undefined ? [] : [column])].join(':');
    return `${place}: ${message}`;
  }
}

/** As many as a person reads at once. */
const SHOWN_MAX = 20;

function withRest(lines: readonly string[], count: number): string[] {
  return count > lines.length ? [...lines, `… and ${count - lines.length} more`] : [...lines];
}
