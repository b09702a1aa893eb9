import type {
  Batch,
  Caller,
  Controller,
  CreateInput,
  TransactionOptions,
  TransactionResult,
  UpdateInput,
  WriteOptions,
  WriteResult,
} from '../controller.ts';
import type { KindName, ResourceOf } from '../resources/index.ts';

/** Writes of one resource, by a controller that carries out transactions: each is a transaction of one write. */
export abstract class SingleWrites implements Pick<Controller, 'create' | 'update' | 'remove'> {
  abstract transaction<T>(
    caller: Caller,
    plan: (batch: Batch) => T,
    options?: TransactionOptions,
  ): Promise<TransactionResult<T>>;
  abstract read<K extends KindName>(kind: K, id: string, caller: Caller): ResourceOf<K>;

  async create<K extends KindName>(
    kind: K,
    input: CreateInput,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<K>>> {
    const { result, revision } = await this.transaction(caller, (batch) => batch.create(kind, input).id);
    return { resource: this.read(kind, result, caller), revision };
  }

  async update<K extends KindName>(
    kind: K,
    id: string,
    input: UpdateInput,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<WriteResult<ResourceOf<K>>> {
    const { revision } = await this.transaction(caller, (batch) => {
      batch.update(kind, id, input, options);
    });
    return { resource: this.read(kind, id, caller), revision };
  }

  async remove(
    kind: KindName,
    id: string,
    caller: Caller,
    options: WriteOptions = {},
  ): Promise<{ revision: number }> {
    const { revision } = await this.transaction(caller, (batch) => batch.remove(kind, id, options));
    return { revision };
  }
}
