import { EventEmitter } from 'node:events';
import type { AnyDatabase } from '../notation/values.ts';
import type { Operation, OperationResult } from '../operations/types.ts';
import type { MonitorRequest, Replica } from '../replica/replica.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import type { OvsdbClientOptions, RequestOptions } from './options.ts';

export interface OvsdbClientEvents {
  /** A connection is ready for requests; the argument is its endpoint. */
  connect: [endpoint: string];
  /** The connection was lost. */
  disconnect: [reason: Error];
}

export declare class OvsdbClient extends EventEmitter<OvsdbClientEvents> {
  constructor(options: OvsdbClientOptions);
  get connected(): boolean;
  connect(): Promise<void>;
  listDatabases(): Promise<string[]>;
  getSchema(database: string): Promise<DatabaseSchema>;
  echo(...params: unknown[]): Promise<unknown[]>;
  transact<DB extends object = AnyDatabase>(
    database: string,
    operations: readonly Operation<DB>[],
    options?: RequestOptions,
  ): Promise<OperationResult[]>;
  monitor<DB extends object = AnyDatabase>(
    database: string,
    tables: MonitorRequest<DB>,
    options?: RequestOptions,
  ): Promise<Replica<DB>>;
  close(): Promise<void>;
}
