import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { number, repeated, taggable } from '../options.ts';
import { addNoun } from './noun.ts';
import { edit } from './update.ts';

/** `weft prefix-list` */
export function addPrefixListCommands(program: Command, io: Io): void {
  const list = addNoun(program, io, {
    kind: 'prefix-list',
    name: 'prefix-list',
    aliases: ['pl'],
    description: 'networks under one name, for rules and routes',
  });
  const create = list
    .command('create')
    .description('make a prefix list')
    .requiredOption('--name <name>', 'its name')
    .option('--max-entries <number>', 'what it counts as in quotas', number('the number', 1, 1000), 20)
    .option('--ipv6', 'for IPv6 networks')
    .option('--cidr <cidr>', 'a network of the list; repeatable', repeated);
  type Create = {
    name: string;
    maxEntries: number;
    ipv6?: true;
    cidr?: string[];
    tag?: Record<string, string>;
  };
  writingCommand<Create>(taggable(create), io, async (session, options) => {
    const { name, maxEntries, ipv6, cidr = [], tag = {} } = options;
    const entries = cidr.map((one) => ({ cidr: one }));
    const family = ipv6 ? { addressFamily: 'ipv6' } : {};
    const body = { spec: { name, maxEntries, ...family, entries }, tags: tag };
    await session.create('prefix-list', body);
  });
  const add = list.command('add').description('add networks').argument('<list>').argument('<cidr...>');
  writingCommand(add, io, async (session, _options, text, ...cidrs) => {
    const id = await session.id('prefix-list', text);
    const changed = await edit(session, 'prefix-list', id, ({ spec }) => ({
      spec: { entries: [...spec.entries, ...cidrs.map((cidr) => ({ cidr }))] },
    }));
    await session.show('prefix-list', changed);
  });
  const remove = list.command('remove').description('take networks away');
  remove.argument('<list>').argument('<cidr...>');
  writingCommand(remove, io, async (session, _options, text, ...cidrs) => {
    const id = await session.id('prefix-list', text);
    const changed = await edit(session, 'prefix-list', id, ({ spec }) => ({
      spec: { entries: spec.entries.filter(({ cidr }) => !cidrs.includes(cidr)) },
    }));
    await session.show('prefix-list', changed);
  });
}
