import type { Command } from 'commander';
import { type ApiKind, apiKinds } from '../../contract/index.ts';
import { type Io, readingCommand, requireApplied, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { hasOwnName, resolve } from '../names.ts';
import { type Naming, nameable, number, repeated, taggable, tagOption, tagsOf } from '../options.ts';
import { renderData, renderList, renderOne } from '../output.ts';
import { watchList } from '../watching.ts';
import { addDescribe } from './describe.ts';
import { addUpdate, type UpdateVerb } from './update.ts';

export interface Noun {
  readonly kind: ApiKind;
  /** The word on the command line. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly description: string;
  /** Its resources have `spec.vpcId`: lists take `--vpc`. */
  readonly inVpc?: true;
  /** Adds `create` by `--spec` alone, for kinds without a command of their own for it. */
  readonly create?: true;
  /** What `update` changes besides tags; false: it cannot be changed. */
  // biome-ignore lint/suspicious/noExplicitAny: each family knows the type of its own options
  readonly update?: UpdateVerb<any> | false;
  /** The word for deleting, with `delete` as an alias. Default `delete`; false: it cannot be deleted. */
  readonly deleteVerb?: string | false;
}

const nouns = new WeakMap<Command, Noun>();

/** What a command of the tree is about; undefined when it is not the one of a noun. */
export const nounOf = (command: Command): Noun | undefined => nouns.get(command);

/** Adds a noun for every kind that has none: what the API has can be used at once, by `--spec`. */
export function addRemainingNouns(program: Command, io: Io): void {
  const covered = new Set(program.commands.map((command) => nounOf(command)?.kind));
  for (const kind of apiKinds) {
    if (covered.has(kind)) continue;
    addNoun(program, io, { kind, name: kind, description: `resources of kind ${kind}`, create: true });
  }
}

/** Adds `weft NOUN` with the verbs that every kind has: list, get, update and delete. */
export function addNoun(program: Command, io: Io, noun: Noun): Command {
  const command = program
    .command(noun.name)
    .aliases([...(noun.aliases ?? [])])
    .description(noun.description);
  nouns.set(command, noun);
  addList(command, io, noun);
  addGet(command, io, noun);
  addDescribe(command, io, noun.kind);
  if (noun.create) addGeneralCreate(command, io, noun.kind);
  if (noun.update !== false) addUpdate(command, io, noun.kind, noun.update);
  if (noun.deleteVerb !== false) addDelete(command, io, noun, noun.deleteVerb ?? 'delete');
  return command;
}

interface ListOptions {
  readonly vpc?: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly filter?: readonly string[];
  readonly watch?: boolean;
  readonly for?: number;
}

function addList(command: Command, io: Io, { kind, inVpc }: Noun): void {
  const list = command
    .command('list')
    .alias('ls')
    .description('list them')
    .option('--tag <name=value>', 'only those with this tag; repeatable', tagOption)
    .option('--filter <field=value>', 'only those with this field, e.g. spec.zone=a; repeatable', repeated)
    .option('--watch', 'go on, and show what is added, changed and gone')
    .option('--for <seconds>', 'with --watch: stop after so long', number('seconds', 0, 1e6));
  if (inVpc) list.option('--vpc <vpc>', 'only those of this VPC');
  readingCommand<ListOptions>(list, io, async (session, options) => {
    const filter = await listFilter(session, options);
    if (options.watch) return watchList(session, kind, filter, options.for);
    const { items } = await session.client.listAll(kind, filter);
    session.io.out(await renderList(kind, items, session.format));
  });
}

async function listFilter(session: Session, options: ListOptions): Promise<Record<string, string>> {
  const filter: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.tag ?? {})) filter[`tag.${name}`] = value;
  for (const text of options.filter ?? []) {
    const equals = text.indexOf('=');
    if (equals < 1) {
      throw new CliError('usage', 'a filter needs a field and a value', {
        field: '--filter',
        value: text,
        fix: 'Give it as --filter FIELD=VALUE, for example spec.zone=a.',
      });
    }
    filter[text.slice(0, equals)] = text.slice(equals + 1);
  }
  if (options.vpc !== undefined) filter['spec.vpcId'] = await session.id('vpc', options.vpc);
  return filter;
}

function addGet(command: Command, io: Io, { kind }: Noun): void {
  const get = command.command('get').description('show one in full').argument('<id-or-name>');
  readingCommand(get, io, async (session, _options, text) => {
    session.io.out(await renderOne(await resolve(session.client, kind, text ?? ''), session.format));
  });
}

function addGeneralCreate(command: Command, io: Io, kind: ApiKind): void {
  const create = command
    .command('create')
    .description('make one; its fields are those of the REST API, and names will do for ids');
  const naming = hasOwnName(kind) ? taggable(create) : nameable(create);
  writingCommand<Naming>(naming, io, (session, options) =>
    session.create(kind, { spec: {}, tags: tagsOf(options) }),
  );
}

function addDelete(command: Command, io: Io, { kind }: Noun, verb: string): void {
  const remove = command.command(verb).description(`${verb} one or more`).argument('<id-or-name...>');
  if (verb !== 'delete') remove.alias('delete');
  writingCommand(remove, io, async (session, _options, ...texts) => {
    // All names are looked up first, so that a misspelt one stops the command before anything is gone.
    const ids = await Promise.all(texts.map((text) => session.id(kind, text)));
    for (const id of ids) await removeOne(session, kind, id, `${verb}d`);
  });
}

/** Deletes and says so. */
export async function removeOne(session: Session, kind: ApiKind, id: string, done: string): Promise<void> {
  const { format, io } = session;
  const removed = await session.client.remove(kind, id, session.write);
  if (format === 'name') io.out(`${id}\n`);
  else if (format === 'json' || format === 'yaml') io.out(await renderData({ id, ...removed }, format));
  else io.out(`${done} ${id}\n`);
  requireApplied(removed.receipt);
}
