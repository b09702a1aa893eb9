import { type Summary, summarise } from '../bench/statistics.ts';

/** How long requests took, in milliseconds, by API, by whether they write, and by what they do. */
export class Times {
  readonly #byName = new Map<string, number[]>();

  add(api: string, writes: boolean, name: string, ms: number): void {
    for (const key of [`${api} ${writes ? 'writes' : 'reads'}`, `${api} ${name}`]) {
      const times = this.#byName.get(key);
      if (times) times.push(ms);
      else this.#byName.set(key, [ms]);
    }
  }

  summaries(): Map<string, Summary> {
    return new Map([...this.#byName].map(([name, times]) => [name, summarise(times)]));
  }
}
