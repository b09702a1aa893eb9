import type { Batch, Caller, CreateInput, UpdateInput, WriteOptions } from '../controller.ts';
import type { Draft } from '../features/operations/draft.ts';
import { operationsByKind } from '../features/operations/registry.ts';
import {
  everywhere,
  isVisible,
  isWrittenBy,
  type KindName,
  kinds,
  type ResourceOf,
  WeftError,
} from '../resources/index.ts';
import { withOwnTags } from './tags.ts';

/** What callers may write, planned on one draft: the operations of the features, with tags and visibility. */
export class DraftBatch implements Batch {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  read<K extends KindName>(kind: K, id: string): ResourceOf<K> {
    return requireVisible(kind, id, this.#draft.get(kind, id), this.#draft.owner);
  }

  create<K extends KindName>(kind: K, { spec, tags = {} }: CreateInput): ResourceOf<K> {
    this.#draft.subject = { kind };
    const create = operationsByKind.get(kind)?.create;
    if (!create) throw notSupported(kind, 'created');
    requireMayWrite(kind, this.#draft.owner);
    const { id } = create(this.#draft, { spec, tags: withOwnTags(tags) });
    // An operation may go on to change what it has made.
    return this.#draft.get(kind, id) as ResourceOf<K>;
  }

  update<K extends KindName>(
    kind: K,
    id: string,
    { spec, tags }: UpdateInput,
    options: WriteOptions = {},
  ): ResourceOf<K> {
    this.#draft.subject = { kind, id };
    const update = operationsByKind.get(kind)?.update;
    if (!update && Object.keys(spec ?? {}).length > 0) throw notSupported(kind, 'changed');
    const current = this.#forWrite(kind, id, options);
    if (update && spec) update(this.#draft, current, { spec });
    if (tags) {
      const changed = this.#draft.get(kind, id) as ResourceOf<K>;
      this.#draft.update(changed, { tags: withOwnTags(tags, current.tags) } as never);
    }
    return this.#draft.get(kind, id) as ResourceOf<K>;
  }

  remove(kind: KindName, id: string, options: WriteOptions = {}): void {
    this.#draft.subject = { kind, id };
    const remove = operationsByKind.get(kind)?.remove;
    if (!remove) throw notSupported(kind, 'deleted');
    remove(this.#draft, this.#forWrite(kind, id, options));
  }

  #forWrite<K extends KindName>(kind: K, id: string, { ifRevision }: WriteOptions): ResourceOf<K> {
    const current = this.read(kind, id);
    requireMayWrite(kind, this.#draft.owner);
    if (ifRevision === undefined || current.revision === ifRevision) return current;
    throw new WeftError(
      'precondition-failed',
      `${kind} ${id} is at revision ${current.revision}, not ${ifRevision}`,
      {
        field: 'If-Match',
        value: ifRevision,
        fix: 'Read it again, and decide whether the change is still right.',
      },
    );
  }
}

/** @throws WeftError not-found when it is not there, or not the caller's */
export function requireVisible<K extends KindName>(
  kind: K,
  id: string,
  resource: ResourceOf<K> | undefined,
  caller: Caller,
  around?: Parameters<typeof isVisible>[2],
): ResourceOf<K> {
  if (resource && isVisible(resource, caller, around)) return resource;
  throw new WeftError('not-found', `there is no ${kind} ${id}`, {
    field: 'id',
    value: id,
    fix: `List them with GET /v1/${kinds[kind].path ?? kind}.`,
  });
}

/**
 * Whoever cannot see a resource has been told that it does not exist, before this is asked.
 * @throws WeftError forbidden; invalid-value when it is open whose the resource would be
 */
function requireMayWrite(kind: KindName, { account, region, role }: Caller): void {
  if (!isWrittenBy(kind, role)) {
    throw new WeftError('forbidden', `the role ${role} does not allow to write a ${kind}`, {
      field: 'kind',
      value: kind,
      fix: 'Use an access key with a role that does; docs/guides/accounts.md lists them.',
    });
  }
  if (kinds[kind].operatorOwned || (account !== everywhere && region !== everywhere)) return;
  throw new WeftError('invalid-value', `a ${kind} is written in one account and one region`, {
    field: account === everywhere ? 'account' : 'region',
    value: everywhere,
    fix: 'Name the account and the region; * is for reading.',
  });
}

function notSupported(kind: KindName, verb: string): WeftError {
  return new WeftError('method-not-allowed', `a ${kind} cannot be ${verb} through the API`, {
    field: 'kind',
    value: kind,
    fix: 'See /v1/openapi.json for what each kind supports.',
  });
}
