import type { ChangeSet, Compiler, FragmentChange } from '../compiler/index.ts';
import type { Instruments } from './instruments.ts';

export interface CompiledTotals {
  scopes: number;
  fragments: number;
  flows: number;
  bytes: number;
}

/** Keeps what the compiled state costs, by what each commit changes: counting all of it anew would be O(network). */
export class CompileMeter {
  readonly #compiler: Pick<Compiler, 'scope' | 'statistics'>;
  readonly #instruments: Instruments;
  #totals: CompiledTotals = { scopes: 0, fragments: 0, flows: 0, bytes: 0 };

  constructor(compiler: Pick<Compiler, 'scope' | 'statistics'>, instruments: Instruments) {
    this.#compiler = compiler;
    this.#instruments = instruments;
  }

  get totals(): Readonly<CompiledTotals> {
    return this.#totals;
  }

  /** Counts everything that is compiled; once, at the start. */
  load(): void {
    this.#totals = this.#compiler.statistics();
  }

  /** Takes one compiled commit. The compiler must stand at its revision. */
  record({ scopes }: ChangeSet, seconds: number): void {
    this.#instruments.histogram('weft_compile_seconds').observe(seconds);
    for (const [key, changes] of scopes) {
      this.#instruments.counter('weft_compile_fragments_total').inc(changes.length);
      const growth = this.#add(changes);
      const now = this.#compiler.scope(key)?.fragments.size ?? 0;
      const before = now - growth;
      this.#totals.scopes += Number(now > 0) - Number(before > 0);
    }
  }

  /** @returns by how many fragments the scope has grown */
  #add(changes: readonly FragmentChange[]): number {
    let growth = 0;
    for (const { before, after } of changes) {
      growth += Number(after !== undefined) - Number(before !== undefined);
      this.#totals.flows += (after?.flowCount ?? 0) - (before?.flowCount ?? 0);
      this.#totals.bytes += (after?.bytes.length ?? 0) - (before?.bytes.length ?? 0);
    }
    this.#totals.fragments += growth;
    return growth;
  }
}
