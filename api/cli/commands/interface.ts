import type { Command } from 'commander';
import type { ApiResource } from '../../contract/index.ts';
import { type Io, type Session, writingCommand } from '../command.ts';
import { given, type Naming, nameable, repeated, tagsOf } from '../options.ts';
import { addAttachmentCommands } from './attachment.ts';
import { addNoun } from './noun.ts';
import type { UpdateVerb } from './update.ts';

interface CreateInterface extends Naming {
  readonly subnet: string;
  readonly privateAddress?: string;
  readonly ipv6Address?: readonly string[];
  readonly ipv6AddressCount?: number;
  readonly mac?: string;
  readonly group?: readonly string[];
  readonly description?: string;
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
    .option('--ipv6-address <address>', 'one of its IPv6 addresses; repeatable', repeated)
    .option('--ipv6-address-count <number>', 'so many free IPv6 addresses', Number)
    .option('--mac <address>', 'its Ethernet address; without it one is made')
    .option('--group <group>', 'security group; repeatable; without it the default one', repeated)
    .option('--description <text>', 'note for people');
  writingCommand<CreateInterface>(nameable(create), io, async (session, options) => {
    const { privateAddress, ipv6Address: ipv6Addresses, ipv6AddressCount, description } = options;
    const macAddress = options.mac;
    const subnetId = await session.id('subnet', options.subnet);
    const securityGroupIds = await groupIdsOf(session, subnetId, options.group);
    const addresses = { privateAddress, ipv6Addresses, ipv6AddressCount, macAddress };
    const spec = given({ subnetId, ...addresses, securityGroupIds, description });
    const body = { spec, tags: tagsOf(options) };
    await session.create('network-interface', body);
  });
}

interface UpdateInterface {
  readonly ipv6Address?: readonly string[];
  readonly ipv6AddressCount?: number;
  readonly group?: readonly string[];
  readonly description?: string;
  readonly deleteOnTermination?: boolean;
}

const interfaceUpdate: UpdateVerb<UpdateInterface> = {
  description: 'change the security groups, the IPv6 addresses, the description or the tags',
  options: (command) =>
    command
      .option(
        '--group <group>',
        'security group; repeatable; all of them together replace the old ones',
        repeated,
      )
      .option(
        '--ipv6-address <address>',
        'IPv6 address; repeatable; all of them together replace the old ones',
        repeated,
      )
      .option('--ipv6-address-count <number>', 'have so many IPv6 addresses', Number)
      .option('--delete-on-termination', 'delete it with its instance')
      .option('--no-delete-on-termination', 'keep it when its instance is terminated')
      .option('--description <text>', 'note for people'),
  spec: async (session, options, id) => {
    const { group, ipv6Address: ipv6Addresses, ipv6AddressCount, description, deleteOnTermination } = options;
    const { spec } = await session.client.get('network-interface', id);
    const securityGroupIds = await groupIdsOf(session, spec.subnetId, group);
    const addresses = { ipv6Addresses, ipv6AddressCount };
    return given({ securityGroupIds, ...addresses, description, deleteOnTermination });
  },
};

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
