import { actionsByName } from '../actions/index.ts';
import { queryNameOf, services, shapeOf } from '../model/description.ts';
import type { Harness } from './harness.ts';

export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** A request that must be done: nothing is wrong with it, and all that it is about is there. */
export interface FittingForm {
  readonly action: string;
  readonly parameters: Parameters;
  /** Where it is sent to; absent: us-east-1. */
  readonly region?: string;
}

/** The region of which the default VPC is deleted and made again: nothing else happens there. */
const quietRegion = 'eu-west-3';

/** Makes what requests are about, anew for each, so that no other request is in the way. */
class Scenery {
  readonly #api: Harness;
  #made = 0;

  constructor(api: Harness) {
    this.#api = api;
  }

  /** Carries out a request, and gives the first id with the prefix in its answer. */
  async id(prefix: string, action: string, parameters: Parameters, region?: string): Promise<string> {
    const [id] = await this.ids(prefix, action, parameters, region);
    if (id !== undefined) return id;
    throw new Error(`${action} answered no ${prefix}-…`);
  }
  async ids(prefix: string, action: string, parameters: Parameters = {}, region?: string): Promise<string[]> {
    const { status, code, message, text } = await this.#api.call(action, parameters, region);
    if (status !== 200) throw new Error(`${action} ${JSON.stringify(parameters)}: ${code}: ${message}`);
    return [...new Set(text.match(new RegExp(`\\b${prefix}-[0-9a-f]{17}\\b`, 'g')))];
  }
  async do(action: string, parameters: Parameters, region?: string): Promise<void> {
    await this.ids('none', action, parameters, region);
  }

  /** A number that no other thing of this scenery has. */
  next(): number {
    return ++this.#made;
  }
  vpc(block = '10.9.0.0/16') {
    return this.id('vpc', 'CreateVpc', { CidrBlock: block });
  }
  async subnet(VpcId?: string) {
    const vpc = VpcId ?? (await this.vpc());
    return this.id('subnet', 'CreateSubnet', {
      VpcId: vpc,
      CidrBlock: '10.9.1.0/24',
      AvailabilityZone: 'us-east-1a',
    });
  }
  async port(SubnetId?: string) {
    return this.id('eni', 'CreateNetworkInterface', { SubnetId: SubnetId ?? (await this.subnet()) });
  }
  async group(VpcId?: string) {
    return this.id('sg', 'CreateSecurityGroup', {
      GroupName: `fitting-${this.next()}`,
      GroupDescription: 'fitting',
      VpcId: VpcId ?? (await this.vpc()),
    });
  }
  async acl(VpcId?: string) {
    return this.id('acl', 'CreateNetworkAcl', { VpcId: VpcId ?? (await this.vpc()) });
  }
  async table(VpcId?: string) {
    return this.id('rtb', 'CreateRouteTable', { VpcId: VpcId ?? (await this.vpc()) });
  }
  gateway() {
    return this.id('igw', 'CreateInternetGateway', {});
  }
  options() {
    return this.id('dopt', 'CreateDhcpOptions', domainName);
  }
  prefixList() {
    return this.id('pl', 'CreateManagedPrefixList', prefixListOf(this.next()));
  }
  async peering() {
    const [VpcId, PeerVpcId] = [await this.vpc(), await this.vpc('10.8.0.0/16')];
    return this.id('pcx', 'CreateVpcPeeringConnection', { VpcId, PeerVpcId });
  }
  /** There are few addresses, so that all that nobody uses are given back first. */
  async elasticIp() {
    const listed = await this.ids('eipalloc', 'DescribeAddresses');
    for (const AllocationId of listed) await this.#api.call('ReleaseAddress', { AllocationId });
    return this.id('eipalloc', 'AllocateAddress', {});
  }
  async natGateway() {
    return this.id('nat', 'CreateNatGateway', { SubnetId: await this.subnet(), ConnectivityType: 'private' });
  }
  /** One that runs. */
  async instance(SubnetId?: string) {
    const id = await this.id('i', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      SubnetId: SubnetId ?? (await this.subnet()),
    });
    await this.#api.running.controller.setInstanceStatus(id, { state: 'running' });
    return id;
  }
  async stopped() {
    const id = await this.instance();
    await this.do('StopInstances', { 'InstanceId.1': id });
    await this.#api.running.controller.setInstanceStatus(id, { state: 'stopped' });
    return id;
  }
  /** A VPC and a subnet that have IPv6 blocks. */
  async ipv6() {
    const vpc = await this.id('vpc', 'CreateVpc', {
      CidrBlock: '10.9.0.0/16',
      AmazonProvidedIpv6CidrBlock: true,
    });
    const { text } = await this.#api.call('DescribeVpcs', { 'VpcId.1': vpc });
    const block = /<ipv6CidrBlock>([^<]*)\/56</.exec(text)?.[1] ?? '';
    return { vpc, subnet: await this.subnet(vpc), block: `${block}/64` };
  }
  /** A table with a route to 192.0.2.0/24. */
  async route() {
    const vpc = await this.vpc();
    const GatewayId = await this.gateway();
    await this.do('AttachInternetGateway', { VpcId: vpc, InternetGatewayId: GatewayId });
    const RouteTableId = await this.table(vpc);
    const route = { RouteTableId, DestinationCidrBlock: '192.0.2.0/24' };
    await this.do('CreateRoute', { ...route, GatewayId });
    return { route, GatewayId, vpc };
  }
  /** Takes the default VPC of the quiet region away. */
  async withoutDefault(): Promise<void> {
    const [VpcId] = await this.ids('vpc', 'DescribeVpcs', {}, quietRegion);
    if (VpcId === undefined) return;
    for (const SubnetId of await this.ids('subnet', 'DescribeSubnets', {}, quietRegion)) {
      await this.do('DeleteSubnet', { SubnetId }, quietRegion);
    }
    for (const InternetGatewayId of await this.ids('igw', 'DescribeInternetGateways', {}, quietRegion)) {
      await this.do('DetachInternetGateway', { InternetGatewayId, VpcId }, quietRegion);
      await this.do('DeleteInternetGateway', { InternetGatewayId }, quietRegion);
    }
    await this.do('DeleteVpc', { VpcId }, quietRegion);
  }
}

const domainName = { 'DhcpConfiguration.1.Key': 'domain-name', 'DhcpConfiguration.1.Value.1': 'example.org' };
const prefixListOf = (number: number) => ({
  PrefixListName: `fitting-${number}`,
  AddressFamily: 'IPv4',
  MaxEntries: 5,
  'Entry.1.Cidr': '192.0.2.0/24',
});
const permission = (port: number) => ({
  'IpPermissions.1.IpProtocol': 'tcp',
  'IpPermissions.1.FromPort': port,
  'IpPermissions.1.ToPort': port,
  'IpPermissions.1.IpRanges.1.CidrIp': '192.0.2.0/24',
});
const aclEntry = {
  RuleNumber: 7,
  Egress: false,
  Protocol: '-1',
  RuleAction: 'allow',
  CidrBlock: '192.0.2.0/24',
};

/** What stands for a parameter that an action requires, where the action has no recipe of its own. */
const makers: Readonly<Record<string, (scenery: Scenery) => Promise<string | number>>> = {
  VpcId: (scenery) => scenery.vpc(),
  SubnetId: (scenery) => scenery.subnet(),
  RouteTableId: (scenery) => scenery.table(),
  NetworkInterfaceId: (scenery) => scenery.port(),
  NetworkAclId: (scenery) => scenery.acl(),
  GroupId: (scenery) => scenery.group(),
  InternetGatewayId: (scenery) => scenery.gateway(),
  DhcpOptionsId: (scenery) => scenery.options(),
  PrefixListId: (scenery) => scenery.prefixList(),
  NatGatewayId: (scenery) => scenery.natGateway(),
  VpcPeeringConnectionId: (scenery) => scenery.peering(),
  InstanceId: (scenery) => scenery.instance(),
  'InstanceId.1': (scenery) => scenery.instance(),
  'ResourceId.1': (scenery) => scenery.vpc(),
  EgressOnlyInternetGatewayId: async (scenery) =>
    scenery.id('eigw', 'CreateEgressOnlyInternetGateway', { VpcId: await scenery.vpc() }),
};

type Recipe = (scenery: Scenery) => Promise<Parameters>;

/** Of actions for which what they require is not enough, or does not go together. */
const recipes: Readonly<Record<string, Recipe>> = {
  CreateDefaultVpc: async (scenery) => {
    await scenery.withoutDefault();
    return {};
  },
  CreateDefaultSubnet: async (scenery) => {
    await scenery.withoutDefault();
    const VpcId = await scenery.id('vpc', 'CreateDefaultVpc', {}, quietRegion);
    const inZone = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': VpcId };
    for (const SubnetId of await scenery.ids('subnet', 'DescribeSubnets', inZone, quietRegion)) {
      await scenery.do('DeleteSubnet', { SubnetId }, quietRegion);
    }
    return { AvailabilityZone: `${quietRegion}b` };
  },
  CreateVpc: async () => ({ CidrBlock: '10.7.0.0/16' }),
  DescribeVpcAttribute: async (scenery) => ({ VpcId: await scenery.vpc(), Attribute: 'enableDnsSupport' }),
  ModifyVpcAttribute: async (scenery) => ({ VpcId: await scenery.vpc(), 'EnableDnsHostnames.Value': true }),
  ModifyVpcTenancy: async (scenery) => ({ VpcId: await scenery.vpc(), InstanceTenancy: 'default' }),
  AssociateVpcCidrBlock: async (scenery) => ({ VpcId: await scenery.vpc(), CidrBlock: '100.64.0.0/16' }),
  DisassociateVpcCidrBlock: async (scenery) => ({
    AssociationId: await scenery.id('vpc-cidr-assoc', 'AssociateVpcCidrBlock', {
      VpcId: await scenery.vpc(),
      CidrBlock: '100.64.0.0/16',
    }),
  }),
  AssociateSubnetCidrBlock: async (scenery) => {
    const { subnet, block } = await scenery.ipv6();
    return { SubnetId: subnet, Ipv6CidrBlock: block };
  },
  DisassociateSubnetCidrBlock: async (scenery) => {
    const { subnet, block } = await scenery.ipv6();
    const given = { SubnetId: subnet, Ipv6CidrBlock: block };
    return { AssociationId: await scenery.id('subnet-cidr-assoc', 'AssociateSubnetCidrBlock', given) };
  },
  CreateSubnet: async (scenery) => ({ VpcId: await scenery.vpc(), CidrBlock: '10.9.4.0/24' }),
  ModifySubnetAttribute: async (scenery) => ({
    SubnetId: await scenery.subnet(),
    'MapPublicIpOnLaunch.Value': true,
  }),
  CreateDhcpOptions: async () => domainName,
  AssociateRouteTable: async (scenery) => {
    const vpc = await scenery.vpc();
    return { RouteTableId: await scenery.table(vpc), SubnetId: await scenery.subnet(vpc) };
  },
  DisassociateRouteTable: async (scenery) => {
    const vpc = await scenery.vpc();
    const pair = { RouteTableId: await scenery.table(vpc), SubnetId: await scenery.subnet(vpc) };
    return { AssociationId: await scenery.id('rtbassoc', 'AssociateRouteTable', pair) };
  },
  ReplaceRouteTableAssociation: async (scenery) => {
    const vpc = await scenery.vpc();
    const pair = { RouteTableId: await scenery.table(vpc), SubnetId: await scenery.subnet(vpc) };
    const AssociationId = await scenery.id('rtbassoc', 'AssociateRouteTable', pair);
    return { AssociationId, RouteTableId: await scenery.table(vpc) };
  },
  CreateRoute: async (scenery) => {
    const { route, GatewayId } = await scenery.route();
    return { ...route, GatewayId, DestinationCidrBlock: '198.51.100.0/24' };
  },
  ReplaceRoute: async (scenery) => {
    const { route, vpc } = await scenery.route();
    return { ...route, NetworkInterfaceId: await scenery.port(await scenery.subnet(vpc)) };
  },
  DeleteRoute: async (scenery) => (await scenery.route()).route,
  DetachInternetGateway: async (scenery) => {
    const pair = { InternetGatewayId: await scenery.gateway(), VpcId: await scenery.vpc() };
    await scenery.do('AttachInternetGateway', pair);
    return pair;
  },
  CreateNatGateway: async (scenery) => ({
    SubnetId: await scenery.subnet(),
    ConnectivityType: 'private',
  }),
  AllocateAddress: async (scenery) => {
    await scenery.do('ReleaseAddress', { AllocationId: await scenery.elasticIp() });
    return {};
  },
  AssociateAddress: async (scenery) => {
    const { vpc } = await scenery.route();
    const NetworkInterfaceId = await scenery.port(await scenery.subnet(vpc));
    return { AllocationId: await scenery.elasticIp(), NetworkInterfaceId };
  },
  DisassociateAddress: async (scenery) => {
    const { vpc } = await scenery.route();
    const NetworkInterfaceId = await scenery.port(await scenery.subnet(vpc));
    const AllocationId = await scenery.elasticIp();
    const AssociationId = await scenery.id('eipassoc', 'AssociateAddress', {
      AllocationId,
      NetworkInterfaceId,
    });
    return { AssociationId };
  },
  ReleaseAddress: async (scenery) => ({ AllocationId: await scenery.elasticIp() }),
  DescribeNetworkInterfaceAttribute: async (scenery) => ({
    NetworkInterfaceId: await scenery.port(),
    Attribute: 'description',
  }),
  ModifyNetworkInterfaceAttribute: async (scenery) => ({
    NetworkInterfaceId: await scenery.port(),
    'Description.Value': 'fitting',
  }),
  ResetNetworkInterfaceAttribute: async (scenery) => ({
    NetworkInterfaceId: await scenery.port(),
    SourceDestCheck: 'sourceDestCheck',
  }),
  AttachNetworkInterface: async (scenery) => {
    const subnet = await scenery.subnet();
    return {
      DeviceIndex: 1,
      InstanceId: await scenery.instance(subnet),
      NetworkInterfaceId: await scenery.port(subnet),
    };
  },
  DetachNetworkInterface: async (scenery) => {
    const subnet = await scenery.subnet();
    const attached = {
      DeviceIndex: 1,
      InstanceId: await scenery.instance(subnet),
      NetworkInterfaceId: await scenery.port(subnet),
    };
    return { AttachmentId: await scenery.id('eni-attach', 'AttachNetworkInterface', attached) };
  },
  AssignPrivateIpAddresses: async (scenery) => ({
    NetworkInterfaceId: await scenery.port(),
    SecondaryPrivateIpAddressCount: 1,
  }),
  UnassignPrivateIpAddresses: async (scenery) => {
    const NetworkInterfaceId = await scenery.port();
    const address = { NetworkInterfaceId, 'PrivateIpAddress.1': '10.9.1.77' };
    await scenery.do('AssignPrivateIpAddresses', address);
    return address;
  },
  AssignIpv6Addresses: async (scenery) => {
    const { subnet, block } = await scenery.ipv6();
    await scenery.do('AssociateSubnetCidrBlock', { SubnetId: subnet, Ipv6CidrBlock: block });
    return { NetworkInterfaceId: await scenery.port(subnet), Ipv6AddressCount: 1 };
  },
  UnassignIpv6Addresses: async (scenery) => {
    const { subnet, block } = await scenery.ipv6();
    await scenery.do('AssociateSubnetCidrBlock', { SubnetId: subnet, Ipv6CidrBlock: block });
    const address = {
      NetworkInterfaceId: await scenery.port(subnet),
      'Ipv6Addresses.1': block.replace('/64', '77'),
    };
    await scenery.do('AssignIpv6Addresses', address);
    return address;
  },
  CreateSecurityGroup: async (scenery) => ({
    GroupName: `fitting-${scenery.next()}`,
    GroupDescription: 'fitting',
    VpcId: await scenery.vpc(),
  }),
  DeleteSecurityGroup: async (scenery) => ({ GroupId: await scenery.group() }),
  AuthorizeSecurityGroupIngress: async (scenery) => ({ GroupId: await scenery.group(), ...permission(22) }),
  AuthorizeSecurityGroupEgress: async (scenery) => ({ GroupId: await scenery.group(), ...permission(22) }),
  ...Object.fromEntries(
    ['Ingress', 'Egress'].flatMap((direction) => {
      const rule = async (scenery: Scenery) => {
        const rule = { GroupId: await scenery.group(), ...permission(22) };
        await scenery.do(`AuthorizeSecurityGroup${direction}`, rule);
        return rule;
      };
      const described: Recipe = async (scenery) => ({
        ...(await rule(scenery)),
        'IpPermissions.1.IpRanges.1.Description': 'fitting',
      });
      return [
        [`RevokeSecurityGroup${direction}`, rule],
        [`UpdateSecurityGroupRuleDescriptions${direction}`, described],
      ] as const;
    }),
  ),
  ModifySecurityGroupRules: async (scenery) => {
    const GroupId = await scenery.group();
    const id = await scenery.id('sgr', 'AuthorizeSecurityGroupIngress', { GroupId, ...permission(22) });
    const rule = 'SecurityGroupRule.1.SecurityGroupRule';
    return {
      GroupId,
      'SecurityGroupRule.1.SecurityGroupRuleId': id,
      [`${rule}.IpProtocol`]: 'tcp',
      [`${rule}.FromPort`]: 80,
      [`${rule}.ToPort`]: 80,
      [`${rule}.CidrIpv4`]: '192.0.2.0/24',
    };
  },
  ReplaceNetworkAclAssociation: async (scenery) => {
    const vpc = await scenery.vpc();
    await scenery.subnet(vpc);
    const ofVpc = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpc };
    const AssociationId = await scenery.id('aclassoc', 'DescribeNetworkAcls', ofVpc);
    return { AssociationId, NetworkAclId: await scenery.acl(vpc) };
  },
  CreateNetworkAclEntry: async (scenery) => ({ NetworkAclId: await scenery.acl(), ...aclEntry }),
  ReplaceNetworkAclEntry: async (scenery) => {
    const entry = { NetworkAclId: await scenery.acl(), ...aclEntry };
    await scenery.do('CreateNetworkAclEntry', entry);
    return { ...entry, RuleAction: 'deny' };
  },
  DeleteNetworkAclEntry: async (scenery) => {
    const NetworkAclId = await scenery.acl();
    await scenery.do('CreateNetworkAclEntry', { NetworkAclId, ...aclEntry });
    return { NetworkAclId, RuleNumber: aclEntry.RuleNumber, Egress: false };
  },
  CreateVpcPeeringConnection: async (scenery) => ({
    VpcId: await scenery.vpc(),
    PeerVpcId: await scenery.vpc('10.8.0.0/16'),
  }),
  AcceptVpcPeeringConnection: async (scenery) => ({ VpcPeeringConnectionId: await scenery.peering() }),
  ModifyVpcPeeringConnectionOptions: async (scenery) => {
    const VpcPeeringConnectionId = await scenery.peering();
    await scenery.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
    const option = 'RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc';
    return { VpcPeeringConnectionId, [option]: true };
  },
  CreateManagedPrefixList: async (scenery) => prefixListOf(scenery.next()),
  ModifyManagedPrefixList: async (scenery) => ({
    PrefixListId: await scenery.prefixList(),
    'AddEntry.1.Cidr': '198.51.100.0/24',
  }),
  RunInstances: async (scenery) => ({ MinCount: 1, MaxCount: 1, SubnetId: await scenery.subnet() }),
  DescribeInstanceAttribute: async (scenery) => ({
    InstanceId: await scenery.instance(),
    Attribute: 'userData',
  }),
  ModifyInstanceAttribute: async (scenery) => ({
    InstanceId: await scenery.instance(),
    'SourceDestCheck.Value': false,
  }),
  StartInstances: async (scenery) => ({ 'InstanceId.1': await scenery.stopped() }),
  CreateTags: async (scenery) => ({
    'ResourceId.1': await scenery.vpc(),
    'Tag.1.Key': 'a',
    'Tag.1.Value': 'b',
  }),
};

/** The names of what an action requires, as they stand in a form. */
function requiredOf(action: string): string[] {
  const service = [...services().values()].find(({ operations }) => action in operations);
  const input = service?.operations[action]?.input;
  const shape = service && input ? shapeOf(service, input) : undefined;
  if (!service || shape?.type !== 'structure') return [];
  return (shape.required ?? []).map((member) => {
    const described = shape.members[member];
    if (!described) throw new Error(`${action} has no parameter ${member}`);
    const name = queryNameOf(service, member, described);
    return shapeOf(service, described.shape).type === 'list' ? `${name}.1` : name;
  });
}

/**
 * Makes a request for an action that must be done, with what it is about.
 * @throws Error when something that it needs cannot be made
 */
export async function fittingForm(api: Harness, action: string): Promise<FittingForm> {
  const scenery = new Scenery(api);
  const region = action.startsWith('CreateDefault') ? { region: quietRegion } : {};
  const recipe = recipes[action];
  if (recipe) return { action, parameters: await recipe(scenery), ...region };
  const parameters: Record<string, string | number> = {};
  for (const name of requiredOf(action)) {
    const make = makers[name];
    if (!make) throw new Error(`${action} has no recipe for ${name}`);
    parameters[name] = await make(scenery);
  }
  return { action, parameters };
}

/** Every action that is served, each once. */
export const allActions: readonly string[] = [...actionsByName.keys()];
