import type { MissingPart } from './types.ts';

export interface ReadinessSources {
  /** What keeps the store from being written, or undefined. */
  readonly store: { readonly revision: number; problem(): Promise<string | undefined> };
  readonly view: { readonly revision: number };
  /** Whether switches can connect. */
  isListening(): boolean;
}

/** What keeps a controller from doing its work: taking writes, and bringing them to switches. Empty: nothing. */
export async function missingParts({ store, view, isListening }: ReadinessSources): Promise<MissingPart[]> {
  const missing: MissingPart[] = [];
  const problem = await store.problem();
  if (problem !== undefined) missing.push({ part: 'store', problem });
  if (view.revision < store.revision) {
    missing.push({
      part: 'projection',
      problem: `it stands at revision ${view.revision}, the store at ${store.revision}`,
    });
  }
  if (!isListening()) missing.push({ part: 'openflow', problem: 'switches cannot connect' });
  return missing;
}
