import type { AnyResource } from '../resources/index.ts';
import type { Commit } from '../store/index.ts';

/** Everything that there is, as of one store revision. */
export interface Snapshot {
  readonly revision: number;
  readonly resources: readonly AnyResource[];
}

/** Signatures of the projection; `Topology` implements them together with `TopologyView`. */
export interface Projection {
  /** Forgets everything and takes the snapshot's place. */
  load(snapshot: Snapshot): void;
  /** Takes one commit, the one that follows `revision`. */
  apply(commit: Commit): void;
  /** What differs from a fresh projection of the snapshot; empty when nothing does. */
  diffAgainst(snapshot: Snapshot): string[];
}

export declare class Topology implements Projection {
  load(snapshot: Snapshot): void;
  apply(commit: Commit): void;
  diffAgainst(snapshot: Snapshot): string[];
}
