import { EventEmitter } from 'node:events';
import type { ChangeSet } from '../compiler/types.ts';
import type { Receipt } from '../controller.ts';
import type { Metrics } from './metrics.ts';
import type { HostSessionLiveness, SouthboundEvents, SouthboundOptions } from './types.ts';

/** Keeps every connected switch at the desired state. */
export declare class Southbound extends EventEmitter<SouthboundEvents> {
  constructor(options: SouthboundOptions);
  readonly metrics: Readonly<Metrics>;
  listen(address: { readonly host: string; readonly port: number }): Promise<{ port: number }>;
  close(): Promise<void>;
  apply(changes: ChangeSet): void;
  applied(revision: number, timeoutMs: number): Promise<Receipt>;
  hostRegistered(hostId: string): void;
  hostRemoved(hostId: string): void;
  liveness(hostId: string): HostSessionLiveness;
}
