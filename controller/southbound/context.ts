import type { DesiredState } from '../compiler/types.ts';
import type { Flusher } from './flusher.ts';
import type { HostIndex } from './hosts.ts';
import type { Metrics } from './metrics.ts';
import type { Limits, Logger } from './types.ts';

/** What all parts of the southbound share. */
export interface Context {
  readonly desired: DesiredState;
  readonly logger: Logger;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly hosts: HostIndex;
  readonly flusher: Flusher;
  /** Newest revision that was given to `apply`, or that the desired state stood at in the beginning. */
  revision: number;
}
