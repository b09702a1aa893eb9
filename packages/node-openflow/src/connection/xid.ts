const largest = 0xffffffff;

/** Counts transaction ids: 1 to 0xffffffff, then again from 1. 0 is left to messages that nobody asked for. */
export class XidCounter {
  #last: number;

  constructor(last = 0) {
    this.#last = last;
  }

  next(): number {
    this.#last = this.#last >= largest ? 1 : this.#last + 1;
    return this.#last;
  }
}

const processCounter = new XidCounter();

/** The next transaction id of this process. One counter for all connections lets the same bytes go to all of them. */
export function nextXid(): number {
  return processCounter.next();
}
