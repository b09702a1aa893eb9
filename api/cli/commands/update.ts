import type { Command } from 'commander';
import {
  ApiError,
  type ApiKind,
  type ApiResource,
  type Receipted,
  type UpdateRequest,
} from '../../contract/index.ts';
import { type Io, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { hasOwnName } from '../names.ts';
import { type Naming, nameable, repeated, taggable, tagsOf } from '../options.ts';

/** What `weft NOUN update` changes besides tags. */
export interface UpdateVerb<O> {
  readonly description: string;
  options(command: Command): Command;
  /** Fields of the spec that replace the old ones; fields that were not given are left out. */
  spec(session: Session, options: O, id: string): Promise<Record<string, unknown>>;
}

interface TagChanges extends Naming {
  readonly untag?: readonly string[];
}

/** Adds `update`: tags of every kind, and what the family adds. */
export function addUpdate<O extends object>(
  noun: Command,
  io: Io,
  kind: ApiKind,
  verb: UpdateVerb<O> | undefined,
): void {
  const update = noun
    .command('update')
    .description(verb?.description ?? 'change the tags')
    .argument('<id-or-name>');
  (hasOwnName(kind) ? taggable(update) : nameable(update)).option(
    '--untag <name>',
    'remove this tag; repeatable',
    repeated,
  );
  verb?.options(update);
  writingCommand<TagChanges & O>(update, io, async (session, options, text) => {
    const id = await session.id(kind, text);
    const spec = {
      ...(await verb?.spec(session, options, id)),
      ...(await session.givenSpec(kind, 'Update')),
    };
    const added = tagsOf(options);
    const removed = new Set(options.untag);
    if (Object.keys(spec).length + Object.keys(added).length + removed.size === 0) {
      throw new CliError('usage', 'there is nothing to change', {
        fix: 'weft help shows what can be changed.',
      });
    }
    const changed = await edit(session, kind, id, ({ tags }) => ({
      ...(Object.keys(spec).length > 0 ? { spec } : {}),
      tags: Object.fromEntries(Object.entries({ ...tags, ...added }).filter(([name]) => !removed.has(name))),
    }));
    await session.show(kind, changed);
  });
}

/**
 * Reads, changes and writes back a resource; when somebody else was faster, once more from the start.
 * @returns the resource as written
 */
export async function edit<K extends ApiKind>(
  session: Session,
  kind: K,
  id: string,
  change: (resource: ApiResource<K>) => UpdateRequest,
): Promise<ApiResource<K> & Receipted> {
  const attempts = 5;
  for (let attempt = 1; ; attempt++) {
    const before = await session.client.get(kind, id);
    try {
      const query = { ...session.write, ifRevision: before.revision };
      return await session.client.update(kind, id, change(before), query);
    } catch (error) {
      const overtaken = error instanceof ApiError && error.code === 'precondition-failed';
      if (!overtaken || attempt === attempts) throw error;
    }
  }
}
