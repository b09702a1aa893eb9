import type {
  Batch,
  Caller,
  CreateInput,
  GraphController,
  IdempotencyKey,
  Lookup,
  UpdateInput,
  WriteOptions,
} from '@weft/controller';
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
  read<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    return this.#batch.read(kind, id);
  }
  create<K extends KindName>(kind: K, input: CreateInput): ResourceOf<K> {
    requireValidSpec(kind, 'create', input.spec);
    return this.#batch.create(kind, input);
  }
  update<K extends KindName>(kind: K, id: string, input: UpdateInput, options?: WriteOptions): ResourceOf<K> {
    if (input.spec) requireValidSpec(kind, 'update', input.spec);
    return this.#batch.update(kind, id, input, options);
  }
  remove(kind: KindName, id: string, options?: WriteOptions): void {
    this.#batch.remove(kind, id, options);
  }
}

/** How the writes of one request are meant. */
export interface WriteMode {
  /** Writes are tried and not carried out: the first one ends the action. */
  readonly dryRun: boolean;
  /** The request's client token: its writes are carried out once, however often it comes. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** The resources of one caller, as actions read and write them. What belongs to others is not there. */
export class Cloud {
  readonly caller: Caller;
  readonly #controller: GraphController;
  readonly #mode: WriteMode;
  /** The controller was asked to write: its audit log says what came of that. */
  hasTriedToWrite = false;

  constructor(controller: GraphController, caller: Caller, mode: WriteMode) {
    this.#controller = controller;
    this.caller = caller;
    this.#mode = mode;
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

  /** A VPC that a peering connection of the caller joins. While it is active, each side knows the other's blocks. */
  sideOf(connection: ResourceOf<'vpc-peering-connection'>, vpcId: string): ResourceOf<'vpc'> | undefined {
    const { state, accepterVpcId, accepterAccount } = connection.spec;
    if (state !== 'active') return this.find('vpc', vpcId);
    const account = vpcId === accepterVpcId ? accepterAccount : connection.account;
    return this.#controller.read('vpc', vpcId, { ...this.caller, account });
  }

  /** @throws AwsError that the id is malformed, or names nothing */
  require<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    const found = this.find(kind, id);
    if (found) return found;
    throw noSuchResource(nameOfKind(kind), id);
  }

  /** In any order; with lookups perhaps only what they are about, from an index. */
  list<K extends KindName>(kind: K, lookups: readonly Lookup[] = []): Iterable<ResourceOf<K>> {
    return this.#controller.list(kind, this.caller, lookups);
  }

  /** Resources of `kind` that point at the target by an edge of this type, from the index. */
  referrers<K extends KindName>(kind: K, type: ReferenceType, target: Target): Iterable<ResourceOf<K>> {
    return this.#controller.referrers(kind, type, target, this.caller);
  }
  freeAddresses(subnet: ResourceOf<'subnet'>): number {
    return this.#controller.freeAddresses(subnet);
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

  /**
   * All of the writes, or none. An action that takes a client token does all that it writes in one transaction, whose
   * result is plain data.
   * @throws AwsError DryRunOperation instead of writing
   */
  async transaction<T>(plan: (batch: Batch) => T): Promise<T> {
    const checked = (batch: Batch) => plan(new CheckedBatch(batch));
    const { dryRun, idempotencyKey } = this.#mode;
    if (dryRun) {
      this.#controller.preview(this.caller, checked);
      throw dryRunSucceeded();
    }
    const options = idempotencyKey ? { idempotencyKey } : {};
    this.hasTriedToWrite = true;
    const { result } = await this.#controller.transaction(this.caller, checked, options);
    return result;
  }
}

export const dryRunSucceeded = () =>
  new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
