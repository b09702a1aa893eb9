import type { AnyResource } from '../../resources/index.ts';

/**
 * A table that answers one question about the graph without a search.
 *
 * Its content is a function of the resources alone and never of the order in which they came. Within one commit the
 * order of changes is free, so an index must also be right while something that a resource names is absent.
 */
export interface TopologyIndex {
  /**
   * Called once for each changed resource, when the graph has the new version already and nothing else has changed
   * since the last call. Its work depends on the change and on what points at it, never on the size of the graph.
   */
  update(before: AnyResource | undefined, after: AnyResource | undefined): void;
  /** The whole content as lines of text in any order, to compare two projections in tests. */
  describe(): Iterable<string>;
}
