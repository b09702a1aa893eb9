import type { Command } from 'commander';
import { type Io, type Session, writingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { resolve } from '../names.ts';
import { given, type Naming, nameable, repeated, taggable, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';
import type { UpdateVerb } from './update.ts';

interface CreateNetwork extends Naming {
  readonly name: string;
  readonly cidrBlock: string;
  readonly gateway?: string;
  readonly gatewayMac?: string;
  readonly ipv6CidrBlock?: string;
  readonly ipv6Gateway?: string;
  readonly vlan?: number;
  readonly range: readonly string[];
}

/** `weft external-network` */
export function addExternalNetworkCommands(program: Command, io: Io): void {
  const network = addNoun(program, io, {
    kind: 'external-network',
    name: 'external-network',
    aliases: ['extnet'],
    description: 'networks outside, with the addresses for elastic IPs',
    update: networkUpdate,
  });
  const create = network
    .command('create')
    .description('make an external network known; agents name it in --bridge-mapping')
    .requiredOption('--name <name>', 'its name, as in --bridge-mapping NAME=BRIDGE')
    .requiredOption('--cidr-block <cidr>', 'its addresses')
    .option('--vlan <number>', 'its VLAN on that bridge; without it frames have no tag', Number)
    .option('--gateway <address>', 'router of the network')
    .option('--gateway-mac <mac>', 'its MAC, so that nobody else can claim its address')
    .option('--ipv6-cidr-block <cidr>', 'its IPv6 addresses, from which VPCs get their /56')
    .option('--ipv6-gateway <address>', 'its router in IPv6')
    .requiredOption('--range <first-last>', 'addresses for elastic IPs; repeatable', repeated);
  writingCommand<CreateNetwork>(taggable(create), io, async (session, options) => {
    const { name, cidrBlock, gateway, gatewayMac, ipv6CidrBlock, ipv6Gateway, vlan, tag = {} } = options;
    const ipv6 = { ipv6CidrBlock, ipv6Gateway };
    const spec = given({
      name,
      cidrBlock,
      vlan,
      gateway,
      gatewayMac,
      ...ipv6,
      addressRanges: options.range.map(rangeOf),
    });
    await session.create('external-network', { spec, tags: tag });
  });
}

interface UpdateNetwork {
  readonly range?: readonly string[];
  readonly ipv6CidrBlock?: string;
  readonly ipv6Gateway?: string;
}

const networkUpdate: UpdateVerb<UpdateNetwork> = {
  description: 'replace the addresses for elastic IPs, set those of IPv6, or change the tags',
  options: (command) =>
    command
      .option('--range <first-last>', 'addresses for elastic IPs; repeatable', repeated)
      .option('--ipv6-cidr-block <cidr>', 'its IPv6 addresses, from which VPCs get their /56')
      .option('--ipv6-gateway <address>', 'its router in IPv6'),
  spec: async (_session, { range, ipv6CidrBlock, ipv6Gateway }) =>
    given({ addressRanges: range?.map(rangeOf), ipv6CidrBlock, ipv6Gateway }),
};

function rangeOf(text: string): { first: string; last: string } {
  const [first, last, ...more] = text.split('-');
  if (first && last && more.length === 0) return { first, last };
  throw new CliError('usage', 'this is no range of addresses', {
    field: '--range',
    value: text,
    fix: 'Give it as FIRST-LAST, for example 203.0.113.10-203.0.113.99.',
  });
}

interface Owner {
  readonly interface?: string;
  readonly instance?: string;
  readonly privateAddress?: string;
}

interface Allocate extends Naming, Owner {
  readonly externalNetwork?: string;
  readonly address?: string;
}

/** `weft elastic-ip` */
export function addElasticIpCommands(program: Command, io: Io): void {
  const elasticIp = addNoun(program, io, {
    kind: 'elastic-ip',
    name: 'elastic-ip',
    aliases: ['eip'],
    description: 'public addresses that can be moved between interfaces',
    deleteVerb: 'release',
  });
  const allocate = withOwner(elasticIp.command('allocate').description('take a public address'))
    .alias('create')
    .option('--external-network <network>', 'network outside; needed when there are several')
    .option('--address <address>', 'this one; without it a free one');
  writingCommand<Allocate>(nameable(allocate), io, async (session, options) => {
    const { externalNetwork, address } = options;
    const externalNetworkId = externalNetwork && (await session.id('external-network', externalNetwork));
    const spec = given({ externalNetworkId, address, ...(await targetOf(session, options)) });
    const body = { spec, tags: tagsOf(options) };
    await session.create('elastic-ip', body);
  });
  const associate = withOwner(elasticIp.command('associate').description('give it to an interface')).argument(
    '<elastic-ip>',
  );
  writingCommand<Owner>(associate, io, async (session, options, text) => {
    const target = await targetOf(session, options);
    if (target.networkInterfaceId !== undefined)
      return session.change('elastic-ip', text, given({ ...target }));
    throw new CliError('usage', 'the interface is missing', { fix: 'Give --interface or --instance.' });
  });
  const disassociate = elasticIp
    .command('disassociate')
    .description('take it away from its interface')
    .argument('<elastic-ip>');
  writingCommand(disassociate, io, async (session, _options, text) =>
    session.change('elastic-ip', text, { networkInterfaceId: null }),
  );
}

const withOwner = (command: Command) =>
  command
    .option('--interface <interface>', 'interface that gets it')
    .option('--instance <instance>', 'instance whose first interface gets it')
    .option('--private-address <address>', 'address of the interface; without it the primary one');

/** Where an elastic IP is to lead. */
interface Target {
  readonly networkInterfaceId: string | undefined;
  readonly privateAddress?: string | undefined;
}

async function targetOf(session: Session, options: Owner): Promise<Target> {
  return { networkInterfaceId: await ownerId(session, options), privateAddress: options.privateAddress };
}

async function ownerId(session: Session, options: Owner): Promise<string | undefined> {
  if (options.interface !== undefined && options.instance !== undefined) {
    throw new CliError('usage', 'an address goes to one interface', {
      fix: 'Give --interface or --instance, not both.',
    });
  }
  if (options.interface !== undefined) return session.id('network-interface', options.interface);
  if (options.instance === undefined) return undefined;
  const instance = await resolve(session.client, 'instance', options.instance);
  return instance.spec.networkInterfaceIds[0];
}
