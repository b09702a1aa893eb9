import type { Batch, Caller, CreateInput, GraphController, UpdateInput } from '@weft/controller';
import { type KindName, type ReferenceType, type ResourceOf, WeftError } from '@weft/controller/resources';
import { AwsError } from './errors.ts';
import { nameOfKind, noSuchResource } from './resource-names.ts';
import { requireValidSpec } from './spec-validation.ts';

type Target = { readonly kind: KindName; readonly id: string };

/** Writes of one commit, checked against the kinds' schemas. */
class CheckedBatch implements Batch {
  readonly #batch: Batch;
  constructor(batch: Batch) {
    this.#batch = batch;
  }
  create<K extends KindName>(kind: K, input: CreateInput): ResourceOf<K> {
    requireValidSpec(kind, 'create', input.spec);
    return this.#batch.create(kind, input);
  }
  update<K extends KindName>(kind: K, id: string, input: UpdateInput): ResourceOf<K> {
    if (input.spec) requireValidSpec(kind, 'update', input.spec);
    return this.#batch.update(kind, id, input);
  }
  remove(kind: KindName, id: string): void {
    this.#batch.remove(kind, id);
  }
}

/**
 * The resources of one caller, as actions read and write them. What belongs to others is not there. In a dry run the
 * first write ends the action.
 */
export class Cloud {
  readonly caller: Caller;
  readonly #controller: GraphController;
  readonly #dryRun: boolean;

  constructor(controller: GraphController, caller: Caller, dryRun: boolean) {
    this.#controller = controller;
    this.caller = caller;
    this.#dryRun = dryRun;
  }

  find<K extends KindName>(kind: K, id: string | undefined): ResourceOf<K> | undefined {
    if (id === undefined) return undefined;
    try {
      return this.#controller.read(kind, id, this.caller);
    } catch (error) {
      if (error instanceof WeftError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  /** @throws AwsError that the id is malformed, or names nothing */
  require<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    const found = this.find(kind, id);
    if (found) return found;
    throw noSuchResource(nameOfKind(kind), id);
  }

  list<K extends KindName>(kind: K): Iterable<ResourceOf<K>> {
    return this.#controller.list(kind, this.caller);
  }

  /** Resources of `kind` that point at the target by an edge of this type, from the index. */
  referrers<K extends KindName>(kind: K, type: ReferenceType, target: Target): Iterable<ResourceOf<K>> {
    return this.#controller.referrers(kind, type, target, this.caller);
  }
  countReferrers(kind: KindName, type: ReferenceType, target: Target): number {
    return this.#controller.countReferrers(kind, type, target);
  }

  async create<K extends KindName>(kind: K, input: CreateInput): Promise<ResourceOf<K>> {
    const id = await this.transaction((batch) => batch.create(kind, input).id);
    return this.#controller.read(kind, id, this.caller);
  }
  async update<K extends KindName>(kind: K, id: string, input: UpdateInput): Promise<ResourceOf<K>> {
    await this.transaction((batch) => batch.update(kind, id, input));
    return this.#controller.read(kind, id, this.caller);
  }
  async remove(kind: KindName, id: string): Promise<void> {
    await this.transaction((batch) => batch.remove(kind, id));
  }

  /** All of the writes, or none. @throws AwsError DryRunOperation instead of writing */
  async transaction<T>(plan: (batch: Batch) => T): Promise<T> {
    if (this.#dryRun) throw dryRunSucceeded();
    const { result } = await this.#controller.transaction(this.caller, (batch) =>
      plan(new CheckedBatch(batch)),
    );
    return result;
  }
}

export const dryRunSucceeded = () =>
  new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
