const keptViolations = 100;

/** What happened in a run: how many operations of each kind and outcome, and everything that was wrong. */
export class Journal {
  readonly counts = new Map<string, number>();
  readonly #violations: string[] = [];
  #violationCount = 0;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** The first of them; bounded, because one defect can show a thousand times. */
  get violations(): readonly string[] {
    return this.#violations;
  }
  get violationCount(): number {
    return this.#violationCount;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  note(line: string): void {
    this.#say(line);
  }

  /** Something that must never be. */
  violation(what: string): void {
    this.#violationCount++;
    if (this.#violations.length === keptViolations) return;
    this.#violations.push(what);
    this.#say(`WRONG: ${what}`);
  }

  summary(): string {
    return [...this.counts]
      .sort()
      .map(([what, count]) => `${what} ${count}`)
      .join(', ');
  }
}
