import type { Batch, Caller, CreateInput, UpdateInput } from '../controller.ts';
import { isVisible } from '../features/operations/checks.ts';
import type { Draft } from '../features/operations/draft.ts';
import { operationsByKind } from '../features/operations/registry.ts';
import { type KindName, kinds, type ResourceOf, WeftError } from '../resources/index.ts';
import { withOwnTags } from './tags.ts';

/** What callers may write, planned on one draft: the operations of the features, with tags and visibility. */
export class DraftBatch implements Batch {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  create<K extends KindName>(kind: K, input: CreateInput): ResourceOf<K> {
    const create = operationsByKind.get(kind)?.create;
    if (!create) throw notSupported(kind, 'created');
    const request = { spec: input.spec, tags: withOwnTags(input.tags ?? {}) };
    return create(this.#draft, request) as ResourceOf<K>;
  }

  update<K extends KindName>(kind: K, id: string, input: UpdateInput): ResourceOf<K> {
    const update = operationsByKind.get(kind)?.update;
    if (!update && Object.keys(input.spec ?? {}).length > 0) throw notSupported(kind, 'changed');
    const current = this.#existing(kind, id);
    const changed =
      update && input.spec
        ? (update(this.#draft, current, { spec: input.spec }) as ResourceOf<K>)
        : (current as ResourceOf<K>);
    if (!input.tags) return changed;
    return this.#draft.update(changed, { tags: withOwnTags(input.tags, current.tags) });
  }

  remove(kind: KindName, id: string): void {
    const remove = operationsByKind.get(kind)?.remove;
    if (!remove) throw notSupported(kind, 'deleted');
    remove(this.#draft, this.#existing(kind, id));
  }

  #existing<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    return requireVisible(kind, id, this.#draft.get(kind, id), this.#draft.owner);
  }
}

/** @throws WeftError not-found when it is not there, or not the caller's */
export function requireVisible<K extends KindName>(
  kind: K,
  id: string,
  resource: ResourceOf<K> | undefined,
  caller: Caller,
): ResourceOf<K> {
  if (resource && isVisible(resource, caller)) return resource;
  throw new WeftError('not-found', `there is no ${kind} ${id}`, {
    field: 'id',
    value: id,
    fix: `List them with GET /v1/${kinds[kind].path ?? kind}.`,
  });
}

function notSupported(kind: KindName, verb: string): WeftError {
  return new WeftError('method-not-allowed', `a ${kind} cannot be ${verb} through the API`, {
    field: 'kind',
    value: kind,
    fix: 'See /v1/openapi.json for what each kind supports.',
  });
}
