import type { Harness } from './harness.ts';
import type { KnownIds } from './random-forms.ts';

/** Makes one of almost everything, so that random requests have something to be about. */
export async function populate(api: Harness, known: KnownIds): Promise<void> {
  const make = async (action: string, parameters: Readonly<Record<string, string | number>>) => {
    const { text } = await api.call(action, parameters);
    known.learn(text);
    return (prefix: string) => new RegExp(`\\b${prefix}-[0-9a-f]{17}\\b`).exec(text)?.[0] ?? '';
  };
  const vpc = (await make('CreateVpc', { CidrBlock: '10.0.0.0/16' }))('vpc');
  await make('AssociateVpcCidrBlock', { VpcId: vpc, AmazonProvidedIpv6CidrBlock: 'true' });
  const other = (await make('CreateVpc', { CidrBlock: '10.1.0.0/16' }))('vpc');
  const subnet = (await make('CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.1.0/24' }))('subnet');
  await make('CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.2.0/24' });
  const gateway = (await make('CreateInternetGateway', {}))('igw');
  await make('AttachInternetGateway', { VpcId: vpc, InternetGatewayId: gateway });
  const table = (await make('CreateRouteTable', { VpcId: vpc }))('rtb');
  await make('AssociateRouteTable', { RouteTableId: table, SubnetId: subnet });
  const route = { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
  await make('CreateRoute', route);
  await make('CreateSecurityGroup', { VpcId: vpc, GroupName: 'web', GroupDescription: 'web' });
  await make('CreateNetworkAcl', { VpcId: vpc });
  await make('CreateVpcPeeringConnection', { VpcId: vpc, PeerVpcId: other });
  await make('CreateNetworkInterface', { SubnetId: subnet });
  await make('AllocateAddress', { Domain: 'vpc' });
  await make('RunInstances', { ImageId: 'x', MinCount: 1, MaxCount: 1, SubnetId: subnet });
  await make('CreateEgressOnlyInternetGateway', { VpcId: vpc });
  await make('CreateManagedPrefixList', {
    PrefixListName: 'list',
    AddressFamily: 'IPv4',
    MaxEntries: 5,
    'Entry.1.Cidr': '192.0.2.0/24',
  });
  const options = { 'DhcpConfiguration.1.Key': 'domain-name', 'DhcpConfiguration.1.Value.1': 'example.org' };
  await make('CreateDhcpOptions', options);
  for (const action of ['DescribeSecurityGroupRules', 'DescribeNetworkAcls', 'DescribeRouteTables']) {
    await make(action, {});
  }
}
