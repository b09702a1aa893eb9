import type { Command } from 'commander';
import type { ApiResource } from '../../contract/index.ts';
import { type Io, type Session, writingCommand } from '../command.ts';
import { given, membersOf, type Naming, nameable, repeated, replacesAll, tagsOf } from '../options.ts';
import { addAttachmentCommands } from './attachment.ts';
import { addNoun } from './noun.ts';
import type { UpdateVerb } from './update.ts';

/** What can be said at the start and later. */
interface Traits {
  readonly secondaryPrivateAddress?: readonly string[];
  readonly secondaryPrivateAddressCount?: number;
  readonly ipv6Address?: readonly string[];
  readonly ipv6AddressCount?: number;
  readonly ipv4Prefix?: readonly string[];
  readonly ipv4PrefixCount?: number;
  readonly ipv6Prefix?: readonly string[];
  readonly ipv6PrefixCount?: number;
  readonly allowedPair?: readonly string[];
  readonly sourceDestinationCheck?: boolean;
  readonly group?: readonly string[];
  readonly description?: string;
}

interface CreateInterface extends Naming, Traits {
  readonly subnet: string;
  readonly privateAddress?: string;
  readonly mac?: string;
}

/** `weft interface` */
export function addInterfaceCommands(program: Command, io: Io): void {
  const port = addNoun(program, io, {
    kind: 'network-interface',
    name: 'interface',
    aliases: ['network-interface', 'eni'],
    description: 'logical ports: a MAC, a private address, security groups',
    inVpc: true,
    update: interfaceUpdate,
  });
  addCreate(port, io);
  addAttachmentCommands(port, io);
}

function addCreate(port: Command, io: Io): void {
  const create = port
    .command('create')
    .description('make a network interface')
    .requiredOption('--subnet <subnet>', 'subnet that it takes its address from')
    .option('--private-address <address>', 'its address; without it a free one')
    .option('--mac <address>', 'its Ethernet address; without it one is made');
  withTraits(create, { replacing: false });
  writingCommand<CreateInterface>(nameable(create), io, async (session, options) => {
    const { privateAddress, mac: macAddress } = options;
    const subnetId = await session.id('subnet', options.subnet);
    const traits = await traitsOf(session, subnetId, options);
    const spec = given({ subnetId, privateAddress, macAddress, ...traits });
    await session.create('network-interface', { spec, tags: tagsOf(options) });
  });
}

interface UpdateInterface extends Traits {
  readonly deleteOnTermination?: boolean;
  readonly publicAddress?: boolean;
}

const interfaceUpdate: UpdateVerb<UpdateInterface> = {
  description: 'change the groups, the addresses, what it may send, the description or the tags',
  options: (command) =>
    withTraits(command, { replacing: true })
      .option('--delete-on-termination', 'delete it with its instance')
      .option('--no-delete-on-termination', 'keep it when its instance is terminated')
      .option('--public-address', 'lend it a public address, as the primary interface of a running instance')
      .option('--no-public-address', 'take the lent public address back'),
  spec: async (session, options, id) => {
    const { spec } = await session.client.get('network-interface', id);
    const { deleteOnTermination, publicAddress: associatePublicAddress } = options;
    const traits = await traitsOf(session, spec.subnetId, options);
    return given({ ...traits, deleteOnTermination, associatePublicAddress });
  },
};

/** @param replacing whether there are lists already, which those of the command replace */
function withTraits(command: Command, { replacing }: { readonly replacing: boolean }): Command {
  const groups = replacing ? replacesAll : 'without it the default one';
  const lists = replacing ? `; ${replacesAll}; none: none any more` : '';
  return command
    .option('--group <group>', `security group; repeatable; ${groups}`, repeated)
    .option('--secondary-private-address <address>', `further address; repeatable${lists}`, repeated)
    .option('--secondary-private-address-count <number>', 'have so many further addresses', Number)
    .option('--ipv6-address <address>', `IPv6 address; repeatable${lists}`, repeated)
    .option('--ipv6-address-count <number>', 'have so many IPv6 addresses', Number)
    .option('--ipv4-prefix <cidr>', `/28 block, all of it its own; repeatable${lists}`, repeated)
    .option('--ipv4-prefix-count <number>', 'have so many /28 blocks', Number)
    .option('--ipv6-prefix <cidr>', `/80 block, all of it its own; repeatable${lists}`, repeated)
    .option('--ipv6-prefix-count <number>', 'have so many /80 blocks', Number)
    .option(
      '--allowed-pair <cidr[,mac]>',
      `what it may send from, too; one address of the subnet can be received, as VRRP does it; repeatable${lists}`,
      repeated,
    )
    .option('--source-destination-check', 'it sends and gets what is its own only')
    .option('--no-source-destination-check', 'it routes for others')
    .option('--description <text>', 'note for people');
}

async function traitsOf(session: Session, subnetId: string, options: Traits): Promise<object> {
  const { secondaryPrivateAddressCount, ipv6AddressCount, sourceDestinationCheck, description } = options;
  const { ipv4PrefixCount, ipv6PrefixCount } = options;
  return {
    securityGroupIds: await groupIdsOf(session, subnetId, options.group),
    secondaryPrivateAddresses: membersOf(options.secondaryPrivateAddress),
    secondaryPrivateAddressCount,
    ipv6Addresses: membersOf(options.ipv6Address),
    ipv6AddressCount,
    ipv4Prefixes: membersOf(options.ipv4Prefix),
    ipv4PrefixCount,
    ipv6Prefixes: membersOf(options.ipv6Prefix),
    ipv6PrefixCount,
    allowedAddressPairs: membersOf(options.allowedPair)?.map((pair) => {
      const [cidrBlock, macAddress] = pair.split(',');
      return given({ cidrBlock, macAddress });
    }),
    sourceDestinationCheck,
    description,
  };
}

/** Ids of groups by name. Groups are named within a VPC, and the subnet says which one. */
export async function groupIdsOf(
  session: Session,
  subnetId: string,
  groups: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (!groups) return undefined;
  const subnet: ApiResource<'subnet'> = await session.client.get('subnet', subnetId);
  const within = { 'spec.vpcId': subnet.spec.vpcId };
  return Promise.all(groups.map((group) => session.id('security-group', group, within)));
}
