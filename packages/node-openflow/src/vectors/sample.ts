import type { Message, Version } from '../messages/types.ts';

interface Sample {
  readonly message: Message;
  /** The versions that have it; all when absent. */
  readonly versions?: readonly Version[];
}

/** A message that Open vSwitch understands, and a word that ofp-print must say about it. */
export interface PrintedSample extends Sample {
  readonly printed: string;
}

/** A message that Open vSwitch does not have: its bytes, written by hand from this structure of the specification. */
export interface SpecifiedSample extends Sample {
  readonly structure: string;
  readonly hex: string;
}

export type MessageSample = PrintedSample | SpecifiedSample;

/** The versions that have something. */
export const only15: readonly Version[] = [6];
export const only13: readonly Version[] = [4];
export const since14: readonly Version[] = [5, 6];
export const before15: readonly Version[] = [4, 5];

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
