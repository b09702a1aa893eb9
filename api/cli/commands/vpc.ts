import type { Command } from 'commander';
import { type Io, readingCommand, writingCommand } from '../command.ts';
import { renderVpcFlows } from '../manifest/render.ts';
import { given, membersOf, type Naming, nameable, repeated, replacesAll, tagsOf } from '../options.ts';
import { renderData } from '../output.ts';
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
    .option('--secondary-cidr-block <cidr>', 'further IPv4 addresses; repeatable', repeated)
    .option('--ipv6-cidr-block <cidr>', 'its IPv6 addresses, a /56; auto: a free one')
    .option('--dhcp-options <options>', 'set of DHCP options; without it the default of the region');
  type Create = Naming & { cidrBlock: string } & UpdateVpc;
  withDns(create, { preset: false });
  writingCommand<Create>(nameable(create), io, async (session, options) => {
    const { cidrBlock, secondaryCidrBlock, ipv6CidrBlock, dhcpOptions } = options;
    // The option is there in its negative form only, which commander takes for true where it is not given.
    const enableDnsSupport = options.dnsSupport === false ? false : undefined;
    const secondaryCidrBlocks = secondaryCidrBlock;
    const dhcpOptionsId = dhcpOptions && (await session.id('dhcp-options', dhcpOptions));
    const spec = given({
      cidrBlock,
      secondaryCidrBlocks,
      ipv6CidrBlock,
      dhcpOptionsId,
      enableDnsSupport,
      enableDnsHostnames: options.dnsHostnames,
    });
    const body = { spec, tags: tagsOf(options) };
    await session.create('vpc', body);
  });
  const flows = vpc.command('flows').description('how many flows it costs each of its hosts, and may cost');
  readingCommand(flows.argument('<vpc>'), io, async (session, _options, text = '') => {
    const { client, format, io: output } = session;
    const use = await client.vpcFlows(await session.id('vpc', text));
    if (format === 'json' || format === 'yaml') return output.out(await renderData(use, format));
    output.out(renderVpcFlows([use]));
  });
}

/** What people write for the absence of a block. */
const blockOrNone = (text: string | undefined) => (text === 'none' ? null : text);

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
  readonly ipv6CidrBlock?: string;
  readonly assignIpv6Address?: boolean;
  readonly mapPublicIpOnLaunch?: boolean;
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
    .option('--ipv6-cidr-block <cidr>', "its IPv6 addresses, a /64 of the VPC's; auto: a free one")
    .option('--assign-ipv6-address', 'new interfaces get an IPv6 address')
    .option('--map-public-ip-on-launch', 'instances started here get a public address')
    .option('--zone <zone>', 'availability zone; its instances run on hosts there')
    .option('--route-table <table>', 'route table; without it the main one of the VPC')
    .option('--network-acl <acl>', 'network ACL; without it the default one of the VPC');
  writingCommand<CreateSubnet>(nameable(create), io, async (session, options) => {
    const { cidrBlock, ipv6CidrBlock, assignIpv6Address, zone, routeTable, networkAcl } = options;
    const vpcId = await session.id('vpc', options.vpc);
    const routeTableId = routeTable && (await session.id('route-table', routeTable));
    const networkAclId = networkAcl && (await session.id('network-acl', networkAcl));
    const { mapPublicIpOnLaunch } = options;
    const addresses = { cidrBlock, ipv6CidrBlock, assignIpv6Address, mapPublicIpOnLaunch };
    const spec = given({ vpcId, ...addresses, zone, routeTableId, networkAclId });
    const body = { spec, tags: tagsOf(options) };
    await session.create('subnet', body);
  });
}

interface UpdateSubnet {
  readonly routeTable?: string;
  readonly networkAcl?: string;
  readonly ipv6CidrBlock?: string;
  readonly assignIpv6Address?: boolean;
  readonly mapPublicIpOnLaunch?: boolean;
}

const subnetUpdate: UpdateVerb<UpdateSubnet> = {
  description: 'change the route table, the network ACL, the IPv6 block or the tags',
  options: (command) =>
    command
      .option('--route-table <table>', 'route table; main: the main one of the VPC')
      .option('--network-acl <acl>', 'network ACL; default: the default one of the VPC')
      .option('--ipv6-cidr-block <cidr>', "a /64 of the VPC's; auto: a free one; none: no IPv6 any more")
      .option('--assign-ipv6-address', 'new interfaces get an IPv6 address')
      .option('--no-assign-ipv6-address', 'new interfaces get one only if they ask')
      .option('--map-public-ip-on-launch', 'instances started here get a public address')
      .option('--no-map-public-ip-on-launch', 'they get one only if they ask'),
  spec: async (session, options) => {
    const { routeTable, networkAcl, ipv6CidrBlock, assignIpv6Address, mapPublicIpOnLaunch } = options;
    return given({
      routeTableId:
        routeTable === 'main' ? null : routeTable && (await session.id('route-table', routeTable)),
      networkAclId:
        networkAcl === 'default' ? null : networkAcl && (await session.id('network-acl', networkAcl)),
      ipv6CidrBlock: blockOrNone(ipv6CidrBlock),
      assignIpv6Address,
      mapPublicIpOnLaunch,
    });
  },
};

interface UpdateVpc {
  readonly dhcpOptions?: string;
  readonly secondaryCidrBlock?: readonly string[];
  readonly ipv6CidrBlock?: string;
  readonly dnsSupport?: boolean;
  readonly dnsHostnames?: boolean;
}

/** @param preset whether something else may be in force already, that can be taken back */
function withDns(command: Command, { preset }: { readonly preset: boolean }): Command {
  command
    .option('--no-dns-support', 'the VPC answers no DNS')
    .option('--dns-hostnames', 'public addresses have names, which stand for the private ones inside');
  if (!preset) return command;
  return command
    .option('--dns-support', 'the VPC answers DNS')
    .option('--no-dns-hostnames', 'public addresses have no names');
}

const vpcUpdate: UpdateVerb<UpdateVpc> = {
  description: 'change the DHCP options, the DNS, the secondary blocks, the IPv6 block or the tags',
  options: (command) =>
    withDns(command, { preset: true })
      .option('--dhcp-options <options>', 'set of DHCP options; default: that of the region')
      .option(
        '--secondary-cidr-block <cidr>',
        `secondary IPv4 block; repeatable; ${replacesAll}; none: none any more`,
        repeated,
      )
      .option('--ipv6-cidr-block <cidr>', 'a /56; auto: a free one; none: no IPv6 any more'),
  spec: async (session, { dhcpOptions, secondaryCidrBlock, ipv6CidrBlock, dnsSupport, dnsHostnames }) =>
    given({
      enableDnsSupport: dnsSupport,
      enableDnsHostnames: dnsHostnames,
      secondaryCidrBlocks: membersOf(secondaryCidrBlock),
      ipv6CidrBlock: blockOrNone(ipv6CidrBlock),
      dhcpOptionsId:
        dhcpOptions === 'default' ? null : dhcpOptions && (await session.id('dhcp-options', dhcpOptions)),
    }),
};
