import type { Command } from 'commander';
import type { ApiResource } from '../../contract/index.ts';
import { type Io, readingCommand, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { resolve } from '../names.ts';
import { given, type Naming, number, taggable } from '../options.ts';
import { renderList } from '../output.ts';
import { addNoun, removeOne } from './noun.ts';
import { portsOf, protocolOf } from './traffic.ts';
import type { UpdateVerb } from './update.ts';

/** `weft security-group` */
export function addSecurityGroupCommands(program: Command, io: Io): void {
  const group = addNoun(program, io, {
    kind: 'security-group',
    name: 'security-group',
    aliases: ['sg'],
    description: 'sets of interfaces that share rules',
    inVpc: true,
    update: groupUpdate,
  });
  addCreate(group, io);
  addAllow(group, io);
  addRevoke(group, io);
  addRules(group, io);
  addNoun(program, io, {
    kind: 'security-group-rule',
    name: 'security-group-rule',
    aliases: ['sgr'],
    description: 'rules by themselves; security-group allow makes them',
    create: true,
    deleteVerb: 'revoke',
  });
}

interface CreateGroup extends Naming {
  readonly vpc: string;
  readonly name: string;
  readonly description?: string;
}

function addCreate(group: Command, io: Io): void {
  const create = group
    .command('create')
    .description('make a security group; it allows everything out, and nothing in until rules are added')
    .requiredOption('--vpc <vpc>', 'VPC that it belongs to')
    .requiredOption('--name <name>', 'its name')
    .option('--description <text>', 'note for people');
  writingCommand<CreateGroup>(taggable(create), io, async (session, { vpc, name, description, tag = {} }) => {
    const spec = given({ vpcId: await session.id('vpc', vpc), name, description });
    await session.create('security-group', { spec, tags: tag });
  });
}

const groupUpdate: UpdateVerb<{ description?: string }> = {
  description: 'change the description or the tags',
  options: (command) => command.option('--description <text>', 'note for people'),
  spec: async (_session, { description }) => given({ description }),
};

interface Allow {
  readonly protocol: string;
  readonly port?: string;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly fromCidr?: string;
  readonly fromGroup?: string;
  readonly toCidr?: string;
  readonly toGroup?: string;
  readonly fromList?: string;
  readonly toList?: string;
  readonly description?: string;
}

function addAllow(group: Command, io: Io): void {
  const icmpNumber = number('the ICMP number', -1, 255);
  const allow = group
    .command('allow')
    .description('add a rule; name the other side by exactly one of --from-… (ingress) and --to-… (egress)')
    .argument('<group>')
    .option('--protocol <protocol>', 'tcp, udp, icmp, icmpv6, all, or an IANA number', 'all')
    .option('--port <port>', 'port or range of the receiver, e.g. 80 or 8000-8080')
    .option('--icmp-type <number>', 'ICMP type', icmpNumber)
    .option('--icmp-code <number>', 'ICMP code', icmpNumber)
    .option('--from-cidr <cidr>', 'allow what comes from these addresses')
    .option('--from-group <group>', 'allow what comes from members of this group')
    .option('--to-cidr <cidr>', 'allow what goes to these addresses')
    .option('--to-group <group>', 'allow what goes to members of this group')
    .option('--from-list <list>', 'allow what comes from the networks of this prefix list')
    .option('--to-list <list>', 'allow what goes to the networks of this prefix list')
    .option('--description <text>', 'note for people');
  writingCommand<Allow>(allow, io, async (session, options, text) => {
    const peer = peerOption(options);
    const subject = await resolve(session.client, 'security-group', text);
    const spec = given({
      groupId: subject.id,
      direction: peer.direction,
      protocol: protocolOf(options.protocol),
      ...portsOf(options.port),
      icmpType: options.icmpType,
      icmpCode: options.icmpCode,
      ...(await peerFields(session, subject, peer)),
      description: options.description,
    });
    await session.create('security-group-rule', { spec });
  });
}

interface Peer {
  readonly direction: 'ingress' | 'egress';
  readonly kind: 'cidr' | 'group' | 'list';
  readonly value: string;
}

function peerOption(options: Allow): Peer {
  const peers: Peer[] = [];
  const add = (direction: Peer['direction'], kind: Peer['kind'], value: string | undefined) => {
    if (value !== undefined) peers.push({ direction, kind, value });
  };
  add('ingress', 'cidr', options.fromCidr);
  add('ingress', 'group', options.fromGroup);
  add('egress', 'cidr', options.toCidr);
  add('egress', 'group', options.toGroup);
  add('ingress', 'list', options.fromList);
  add('egress', 'list', options.toList);
  const [peer, ...others] = peers;
  if (peer && others.length === 0) return peer;
  throw new CliError('usage', peer ? 'a rule has one other side' : 'the other side of the rule is missing', {
    fix: 'Give exactly one of --from-cidr, --from-group, --from-list, --to-cidr, --to-group and --to-list.',
  });
}

async function peerFields(session: Session, subject: ApiResource<'security-group'>, { kind, value }: Peer) {
  if (kind === 'cidr') return value.includes(':') ? { cidrIpv6: value } : { cidrIpv4: value };
  if (kind === 'list') return { prefixListId: await session.id('prefix-list', value) };
  const within = { 'spec.vpcId': subject.spec.vpcId };
  return { referencedGroupId: await session.id('security-group', value, within) };
}

function addRevoke(group: Command, io: Io): void {
  const revoke = group.command('revoke').description('remove rules').argument('<rule-id...>');
  writingCommand(revoke, io, async (session, _options, ...ids) => {
    for (const id of ids) await removeOne(session, 'security-group-rule', id, 'revoked');
  });
}

function addRules(group: Command, io: Io): void {
  const rules = group.command('rules').description('list rules, of one group or of all').argument('[group]');
  readingCommand(rules, io, async (session, _options, text?: string) => {
    const groupId = text === undefined ? undefined : await session.id('security-group', text);
    const filter: Record<string, string> = groupId === undefined ? {} : { 'spec.groupId': groupId };
    const { items } = await session.client.listAll('security-group-rule', filter);
    session.io.out(await renderList('security-group-rule', items, session.format));
  });
}
