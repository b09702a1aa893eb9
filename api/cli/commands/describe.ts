import type { Command } from 'commander';
import { ApiError, type ApiKind, type ApiResource, type WeftClient } from '../../contract/index.ts';
import { nameOf } from '../columns.ts';
import { type Io, readingCommand } from '../command.ts';
import { resolve } from '../names.ts';
import { printable, renderData, renderOne, renderTable } from '../output.ts';
import { eventsOf, namedBy, namersOf, type Related, type ResourceEvent } from '../related.ts';

/** Adds `describe`: a resource in full, what it names, what names it, and what happened to it. */
export function addDescribe(noun: Command, io: Io, kind: ApiKind): void {
  const describe = noun
    .command('describe')
    .description('show one in full, with what belongs to it and what happened to it')
    .argument('<id-or-name>');
  readingCommand(describe, io, async ({ client, format, io: output }, _options, text) => {
    const resource: ApiResource<ApiKind> = await resolve(client, kind, text ?? '');
    const [names, namedFrom, events] = await Promise.all([
      withNames(client, namedBy(resource)),
      namersOf(client, resource),
      knownEvents(client, resource),
    ]);
    if (format === 'json' || format === 'yaml') {
      return output.out(await renderData({ resource, names, namedBy: namedFrom, events }, format));
    }
    if (format === 'name') return output.out(`${resource.id}\n`);
    output.out(await renderOne(resource, format));
    output.out(section('Names', names.map(relatedRow)));
    output.out(section('Named by', namedFrom.map(relatedRow)));
    output.out(section('Events', events.map(eventRow)));
  });
}

/** The names of what is named; what is gone or not to be seen stays an id. */
async function withNames(client: WeftClient, named: readonly Related[]): Promise<Related[]> {
  return Promise.all(
    named.map(async (related) => {
      try {
        const name = nameOf(await client.get(related.kind, related.id));
        return name === undefined ? related : { ...related, name };
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) return related;
        throw error;
      }
    }),
  );
}

/** Without events when the history no longer reaches back so far. */
async function knownEvents(
  client: WeftClient,
  resource: ApiResource<ApiKind>,
): Promise<readonly ResourceEvent[]> {
  try {
    return await eventsOf(client, resource);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'compacted') return [];
    throw error;
  }
}

const relatedRow = ({ kind, id, name = '-', field }: Related) => [kind, id, printable(name), field];

const eventRow = ({ revision, time = '-', principal = '-', changed }: ResourceEvent) => [
  `revision ${revision}`,
  time,
  printable(principal),
  printable(changed === undefined ? 'written' : changed.join('; ') || 'written as it was'),
];

const section = (title: string, rows: readonly (readonly string[])[]) =>
  `\n${title}\n${rows.length === 0 ? '  -\n' : renderTable(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))}`;
