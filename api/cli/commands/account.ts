import type { Command } from 'commander';
import { type Io, readingCommand, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { given, type Naming, taggable, tagsOf } from '../options.ts';
import { renderData, renderTable } from '../output.ts';
import { addNoun } from './noun.ts';
import { edit, type UpdateVerb } from './update.ts';

interface AccountChanges {
  readonly quota?: Readonly<Record<string, number>>;
}

/** `weft account` */
export function addAccountCommands(program: Command, io: Io): void {
  const account = addNoun(program, io, {
    kind: 'account',
    name: 'account',
    description: 'tenants, with their quotas',
    update: quotaUpdate,
  });
  const create = account
    .command('create')
    .description('make an account')
    .requiredOption('--name <name>', 'name for people')
    .option('--id <id>', '12 digits; without it a random one')
    .option('--quota <kind=number>', 'how many of a kind it may have in a region; repeatable', quotaOption);
  writingCommand<Naming & AccountChanges & { id?: string }>(
    taggable(create),
    io,
    async (session, options) => {
      const spec = given({ id: options.id, name: options.name, quotas: options.quota });
      const { name: _name, ...tags } = options;
      await session.create('account', { spec, tags: tagsOf(tags) });
    },
  );
  addSwitch(account, io, 'account', true);
  addSwitch(account, io, 'account', false);
}

const quotaUpdate: UpdateVerb<AccountChanges> = {
  description: 'change quotas or tags',
  options: (command) =>
    command.option(
      '--quota <kind=number>',
      'how many of a kind it may have in a region; repeatable',
      quotaOption,
    ),
  spec: async (session, { quota }, id) => {
    if (quota === undefined) return {};
    const { spec } = await session.client.get('account', id);
    return { quotas: { ...spec.quotas, ...quota } };
  },
};

function quotaOption(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, kind, limit] = /^([a-z-]+)=(\d{1,10})$/.exec(text) ?? [];
  if (kind !== undefined) return { ...before, [kind]: Number(limit) };
  throw new CliError('usage', 'this is no quota', {
    field: '--quota',
    value: text,
    fix: 'Give it as KIND=NUMBER, for example vpc=20.',
  });
}

interface CreateKey {
  readonly role: string;
  readonly host?: string;
  readonly description?: string;
}

/** `weft key` */
export function addKeyCommands(program: Command, io: Io): void {
  const key = addNoun(program, io, {
    kind: 'access-key',
    name: 'key',
    aliases: ['access-key'],
    description: 'access keys of accounts',
  });
  const create = key
    .command('create')
    .description('make an access key, and show its secret this once')
    .argument('<account>', 'id or name of the account')
    .option('--role <role>', 'admin, operator, member, read-only or agent', 'member')
    .option('--host <name>', 'with role agent: the host that it is for')
    .option('--description <text>', 'what it is used for');
  readingCommand<CreateKey>(create, io, async (session, { role, host, description }, account) => {
    const accountId = await session.id('account', account ?? '');
    const body = given({ role, hostId: host, description });
    await showKey(session, await session.client.createAccessKey(accountId, body as { role: 'member' }));
  });
  addSwitch(key, io, 'access-key', true);
  addSwitch(key, io, 'access-key', false);
}

async function showKey(
  { io, format }: Session,
  created: { readonly id: string; readonly secret: string; readonly token: string },
): Promise<void> {
  if (format === 'json' || format === 'yaml') return io.out(await renderData(created, format));
  if (format === 'name') return io.out(`${created.token}\n`);
  io.out(
    renderTable([
      ['access key id', created.id],
      ['secret', created.secret],
      ['token', created.token],
    ]),
  );
}

function addSwitch(noun: Command, io: Io, kind: 'account' | 'access-key', enabled: boolean): void {
  const command = noun
    .command(enabled ? 'enable' : 'disable')
    .description(enabled ? 'accept it again' : 'refuse it, until it is enabled again')
    .argument('<id-or-name>');
  writingCommand(command, io, async (session, _options, text) => {
    const id = await session.id(kind, text ?? '');
    await session.show(kind, await edit(session, kind, id, () => ({ spec: { enabled } })));
  });
}
