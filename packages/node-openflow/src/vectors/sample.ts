import type { Message, Version } from '../messages/types.ts';

/** A message, the versions that have it (all when absent), and a word that ofp-print must say about it. */
export interface MessageSample {
  readonly message: Message;
  readonly versions?: readonly Version[];
  readonly printed: string;
}

/** The versions that have something. */
export const only15: readonly Version[] = [6];
export const since14: readonly Version[] = [5, 6];
export const before15: readonly Version[] = [4, 5];

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
