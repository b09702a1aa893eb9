import type { Command } from 'commander';
import type { ApiResource } from '../../contract/index.ts';
import { type Io, writingCommand } from '../command.ts';
import { given, type Naming, nameable, number, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';
import { portsOf, protocolOf } from './traffic.ts';
import { edit } from './update.ts';

type Entry = ApiResource<'network-acl'>['spec']['entries'][number];

/** `weft network-acl` */
export function addNetworkAclCommands(program: Command, io: Io): void {
  const acl = addNoun(program, io, {
    kind: 'network-acl',
    name: 'network-acl',
    aliases: ['acl'],
    description: 'stateless rules for what enters or leaves a subnet',
    inVpc: true,
  });
  const create = acl
    .command('create')
    .description('make a network ACL; it denies everything until entries are added')
    .requiredOption('--vpc <vpc>', 'VPC that it belongs to');
  writingCommand<Naming & { vpc: string }>(nameable(create), io, async (session, options) => {
    const body = { spec: { vpcId: await session.id('vpc', options.vpc) }, tags: tagsOf(options) };
    await session.create('network-acl', body);
  });
  addEntryAddition(acl, io);
  addEntryRemoval(acl, io);
}

interface EntryOptions {
  readonly number: number;
  readonly protocol: string;
  readonly port?: string;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

const entryNumber = number('the number of an entry', 1, 32766);

function addEntryAddition(acl: Command, io: Io): void {
  const icmpNumber = number('the ICMP number', -1, 255);
  const add = acl
    .command('add-entry')
    .description('add an entry, or put it in the place of the one with its number')
    .argument('<acl>')
    .argument('<direction>', 'ingress or egress')
    .argument('<action>', 'allow or deny')
    .argument('<cidr>', 'where packets come from (ingress) or go to (egress)')
    .requiredOption('--number <number>', 'the lowest number that matches decides', entryNumber)
    .option('--protocol <protocol>', 'tcp, udp, icmp, all, or an IANA number', 'all')
    .option('--port <port>', 'port or range of the receiver, e.g. 80 or 8000-8080')
    .option('--icmp-type <number>', 'ICMP type', icmpNumber)
    .option('--icmp-code <number>', 'ICMP code', icmpNumber);
  writingCommand<EntryOptions>(add, io, async (session, options, text, ...words) => {
    const [direction, action, cidrIpv4] = words;
    const entry = given({
      number: options.number,
      direction,
      action,
      protocol: protocolOf(options.protocol),
      ...portsOf(options.port),
      icmpType: options.icmpType,
      icmpCode: options.icmpCode,
      cidrIpv4,
    }) as unknown as Entry;
    const id = await session.id('network-acl', text);
    const changed = await edit(session, 'network-acl', id, ({ spec }) => ({
      spec: { entries: [...without(spec.entries, entry.direction, entry.number), entry] },
    }));
    await session.show('network-acl', changed);
  });
}

function addEntryRemoval(acl: Command, io: Io): void {
  const remove = acl
    .command('remove-entry')
    .description('take an entry away')
    .argument('<acl>')
    .argument('<direction>', 'ingress or egress')
    .requiredOption('--number <number>', 'the number of the entry', entryNumber);
  writingCommand<{ number: number }>(remove, io, async (session, options, text, direction) => {
    const id = await session.id('network-acl', text);
    const changed = await edit(session, 'network-acl', id, ({ spec }) => ({
      spec: { entries: without(spec.entries, direction, options.number) },
    }));
    await session.show('network-acl', changed);
  });
}

const without = (entries: readonly Entry[], direction: string | undefined, wanted: number) =>
  entries.filter((entry) => entry.direction !== direction || entry.number !== wanted);
