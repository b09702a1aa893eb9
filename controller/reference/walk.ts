import type { Connections } from './connections.ts';
import type { DropReason } from './drop-reasons.ts';
import type { Dropped, Step } from './outcome.ts';
import type { Resources } from './resources.ts';

/**
 * What one packet's way through the cloud has at hand: the resources, the connections as they are so far, and the
 * list of decisions. It lives as long as one evaluation.
 */
export class Walk {
  readonly resources: Resources;
  connections: Connections;
  readonly steps: Step[] = [];
  /** Why the outcome is nobody's promise; undefined when it is one. */
  leftOpen: string | undefined;

  constructor(resources: Resources, connections: Connections) {
    this.resources = resources;
    this.connections = connections;
  }

  /** Writes down a decision. */
  note(stage: string, decision: string, resource?: string): void {
    this.steps.push({ stage, decision, ...(resource === undefined ? {} : { resource }) });
  }

  /** Writes down that the packet ends here, and says so. */
  drop(stage: string, reason: DropReason, ...by: string[]): Dropped {
    this.note(stage, `dropped: ${reason}`, by[0]);
    return { type: 'dropped', reason, by };
  }
}
