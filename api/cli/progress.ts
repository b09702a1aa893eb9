/** Where progress is shown: on standard error, when that is a terminal. */
export interface ProgressOutput {
  readonly errIsTerminal?: boolean;
  err(text: string): void;
}

/** What is quicker needs no progress. */
const quietMs = 1000;
const redrawMs = 250;
/** Back to the start of the line, and clear it (ECMA-48: CR, EL). */
const clearLine = '\r\u001b[K';
const wheel = ['|', '/', '-', '\\'];

/** One line that says what takes so long. It is gone before anything else is written, and leaves no trace. */
export class Progress {
  #output: ProgressOutput;
  #text: string;
  #started = performance.now();
  #turn = 0;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: ProgressOutput, text: string) {
    this.#output = output;
    this.#text = text;
    if (output.errIsTerminal) this.#timer = setTimeout(() => this.#draw(), quietMs).unref();
  }

  /** Says what is being done now. */
  say(text: string): void {
    this.#text = text;
  }

  /** To be called before anything is written; the line comes back when it goes on for long. */
  clear(): void {
    if (!this.#shown) return;
    this.#output.err(clearLine);
    this.#shown = false;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.clear();
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#started) / 1000);
    this.#output.err(`${clearLine}${wheel[this.#turn++ % wheel.length]} ${this.#text} (${seconds} s)`);
    this.#shown = true;
    this.#timer = setTimeout(() => this.#draw(), redrawMs).unref();
  }
}
