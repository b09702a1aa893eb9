import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { given, type Naming, nameable, tagsOf } from '../options.ts';
import { addNoun } from './noun.ts';
import type { UpdateVerb } from './update.ts';

/** `weft vpc` */
export function addVpcCommands(program: Command, io: Io): void {
  const vpc = addNoun(program, io, {
    kind: 'vpc',
    name: 'vpc',
    description: 'private networks',
    update: vpcUpdate,
  });
  const create = vpc
    .command('create')
    .description('make a VPC, with a default security group and a main route table')
    .requiredOption('--cidr-block <cidr>', 'its addresses, e.g. 10.0.0.0/16')
    .option('--dhcp-options <options>', 'set of DHCP options; without it the default of the region');
  type Create = Naming & { cidrBlock: string; dhcpOptions?: string };
  writingCommand<Create>(nameable(create), io, async (session, options) => {
    const { cidrBlock, dhcpOptions } = options;
    const dhcpOptionsId = dhcpOptions && (await session.id('dhcp-options', dhcpOptions));
    const body = { spec: given({ cidrBlock, dhcpOptionsId }), tags: tagsOf(options) };
    await session.show('vpc', await session.client.create('vpc', body, session.write));
  });
}

/** `weft subnet` */
export function addSubnetCommands(program: Command, io: Io): void {
  const subnet = addNoun(program, io, {
    kind: 'subnet',
    name: 'subnet',
    description: 'ranges of a VPC, each in one zone',
    inVpc: true,
    update: subnetUpdate,
  });
  addSubnetCreate(subnet, io);
}

interface CreateSubnet extends Naming {
  readonly vpc: string;
  readonly cidrBlock: string;
  readonly zone?: string;
  readonly routeTable?: string;
  readonly networkAcl?: string;
}

function addSubnetCreate(subnet: Command, io: Io): void {
  const create = subnet
    .command('create')
    .description('make a subnet')
    .requiredOption('--vpc <vpc>', 'VPC that it belongs to')
    .requiredOption('--cidr-block <cidr>', 'its addresses, inside of those of the VPC')
    .option('--zone <zone>', 'availability zone; its instances run on hosts there')
    .option('--route-table <table>', 'route table; without it the main one of the VPC')
    .option('--network-acl <acl>', 'network ACL; without it the default one of the VPC');
  writingCommand<CreateSubnet>(nameable(create), io, async (session, options) => {
    const { cidrBlock, zone, routeTable, networkAcl } = options;
    const vpcId = await session.id('vpc', options.vpc);
    const routeTableId = routeTable && (await session.id('route-table', routeTable));
    const networkAclId = networkAcl && (await session.id('network-acl', networkAcl));
    const spec = given({ vpcId, cidrBlock, zone, routeTableId, networkAclId });
    const body = { spec, tags: tagsOf(options) };
    await session.show('subnet', await session.client.create('subnet', body, session.write));
  });
}

const subnetUpdate: UpdateVerb<{ routeTable?: string; networkAcl?: string }> = {
  description: 'change the route table, the network ACL or the tags',
  options: (command) =>
    command
      .option('--route-table <table>', 'route table; main: the main one of the VPC')
      .option('--network-acl <acl>', 'network ACL; default: the default one of the VPC'),
  spec: async (session, { routeTable, networkAcl }) =>
    given({
      routeTableId:
        routeTable === 'main' ? null : routeTable && (await session.id('route-table', routeTable)),
      networkAclId:
        networkAcl === 'default' ? null : networkAcl && (await session.id('network-acl', networkAcl)),
    }),
};

const vpcUpdate: UpdateVerb<{ dhcpOptions?: string }> = {
  description: 'change the DHCP options or the tags',
  options: (command) =>
    command.option('--dhcp-options <options>', 'set of DHCP options; default: that of the region'),
  spec: async (session, { dhcpOptions }) =>
    given({
      dhcpOptionsId:
        dhcpOptions === 'default' ? null : dhcpOptions && (await session.id('dhcp-options', dhcpOptions)),
    }),
};
