import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

/** A VPC with an internet gateway, a middlebox in its subnet, and a route table. */
async function scene(api: Harness, cidr: string) {
  const block = cidr.replace('.0.0/16', '.1.0/24');
  const { vpcId } = (await api.ok('CreateVpc', { CidrBlock: cidr })).vpc;
  const { subnetId } = (await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: block })).subnet;
  const { internetGatewayId } = (await api.ok('CreateInternetGateway')).internetGateway;
  await api.ok('AttachInternetGateway', { InternetGatewayId: internetGatewayId, VpcId: vpcId });
  const { networkInterfaceId } = (await api.ok('CreateNetworkInterface', { SubnetId: subnetId }))
    .networkInterface;
  const { routeTableId } = (await api.ok('CreateRouteTable', { VpcId: vpcId })).routeTable;
  return { vpcId, subnetId, block, internetGatewayId, networkInterfaceId, routeTableId } as Record<
    'vpcId' | 'subnetId' | 'block' | 'internetGatewayId' | 'networkInterfaceId' | 'routeTableId',
    string
  >;
}

describe('the route table of an internet gateway', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  it('is associated, found, replaced and disassociated', async () => {
    const { vpcId, internetGatewayId, networkInterfaceId, routeTableId, block } = await scene(
      api,
      '10.0.0.0/16',
    );
    const association = { RouteTableId: routeTableId, GatewayId: internetGatewayId };
    const { associationId, associationState } = await api.ok('AssociateRouteTable', association);
    assert.match(associationId, /^rtbassoc-[0-9a-f]{17}$/);
    assert.deepEqual(associationState, { state: 'associated' });
    assert.equal((await api.ok('AssociateRouteTable', association)).associationId, associationId);
    const shown = async (name: string, value: string) => {
      const filters = { 'Filter.1.Name': name, 'Filter.1.Value.1': value };
      return (await api.ok('DescribeRouteTables', filters)).routeTableSet;
    };
    const [table] = await shown('association.gateway-id', internetGatewayId);
    assert.deepEqual(table.associationSet, [
      {
        routeTableAssociationId: associationId,
        routeTableId,
        gatewayId: internetGatewayId,
        main: 'false',
        associationState: { state: 'associated' },
      },
    ]);
    assert.equal((await shown('association.route-table-association-id', associationId)).length, 1);
    await api.ok('CreateRoute', {
      RouteTableId: routeTableId,
      DestinationCidrBlock: block,
      NetworkInterfaceId: networkInterfaceId,
    });

    const second = (await api.ok('CreateRouteTable', { VpcId: vpcId })).routeTable.routeTableId;
    const conflict = { RouteTableId: second, GatewayId: internetGatewayId };
    await api.refused('Resource.AlreadyAssociated', 'AssociateRouteTable', conflict);
    await api.refused('DependencyViolation', 'DeleteRouteTable', { RouteTableId: routeTableId });
    const attachment = { InternetGatewayId: internetGatewayId, VpcId: vpcId };
    await api.refused('DependencyViolation', 'DetachInternetGateway', attachment);
    const replacement = { AssociationId: associationId, RouteTableId: second };
    const { newAssociationId } = await api.ok('ReplaceRouteTableAssociation', replacement);
    assert.equal(newAssociationId, associationId);
    assert.equal((await shown('association.gateway-id', internetGatewayId))[0].routeTableId, second);
    await api.ok('DeleteRouteTable', { RouteTableId: routeTableId });
    await api.ok('DisassociateRouteTable', { AssociationId: associationId });
    const gone = { AssociationId: associationId };
    await api.refused('InvalidAssociationID.NotFound', 'DisassociateRouteTable', gone);
    assert.equal((await shown('association.gateway-id', internetGatewayId)).length, 0);
    await api.ok('DetachInternetGateway', attachment);
  });

  it('is refused for what AWS refuses', async () => {
    const { subnetId, internetGatewayId, networkInterfaceId, routeTableId } = await scene(api, '10.0.0.0/16');
    const table = { RouteTableId: routeTableId };
    const other = await scene(api, '10.9.0.0/16');
    const foreign = { ...table, GatewayId: other.internetGatewayId };
    await api.refused('InvalidParameterValue', 'AssociateRouteTable', foreign);
    const absent = { ...table, GatewayId: 'igw-0123456789abcdef0' };
    await api.refused('InvalidInternetGatewayID.NotFound', 'AssociateRouteTable', absent);
    const both = { ...table, GatewayId: internetGatewayId, SubnetId: subnetId };
    await api.refused('InvalidParameterCombination', 'AssociateRouteTable', both);
    await api.refused('MissingParameter', 'AssociateRouteTable', table);
    const loose = (await api.ok('CreateInternetGateway')).internetGateway.internetGatewayId;
    await api.refused('Gateway.NotAttached', 'AssociateRouteTable', { ...table, GatewayId: loose });

    const everywhere = { ...table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: internetGatewayId };
    await api.ok('CreateRoute', everywhere);
    const association = { ...table, GatewayId: internetGatewayId };
    await api.refused('InvalidParameterValue', 'AssociateRouteTable', association);
    await api.ok('DeleteRoute', { ...table, DestinationCidrBlock: '0.0.0.0/0' });
    await api.ok('AssociateRouteTable', association);
    await api.refused('InvalidParameterValue', 'CreateRoute', everywhere);
    const part = { ...table, DestinationCidrBlock: '10.0.1.0/25', NetworkInterfaceId: networkInterfaceId };
    await api.refused('InvalidParameterValue', 'CreateRoute', part);
    const elsewhere = { AssociationId: 'rtbassoc-0123456789abcdef0', RouteTableId: routeTableId };
    await api.refused('InvalidAssociationID.NotFound', 'ReplaceRouteTableAssociation', elsewhere);
  });

  it('leads from a whole block when the local route is replaced, and back', async () => {
    const { networkInterfaceId, routeTableId, internetGatewayId } = await scene(api, '10.0.0.0/16');
    const local = { RouteTableId: routeTableId, DestinationCidrBlock: '10.0.0.0/16' };
    const route = { ...local, NetworkInterfaceId: networkInterfaceId };
    const routes = async () =>
      (await api.ok('DescribeRouteTables', { 'RouteTableId.1': routeTableId })).routeTableSet[0].routeSet;
    await api.refused('RouteAlreadyExists', 'CreateRoute', route);
    await api.refused('InvalidParameterValue', 'ReplaceRoute', { ...local, GatewayId: internetGatewayId });
    await api.ok('ReplaceRoute', route);
    const [replaced, ...more] = await routes();
    assert.deepEqual(
      [replaced.networkInterfaceId, replaced.destinationCidrBlock, more.length],
      [networkInterfaceId, '10.0.0.0/16', 0],
    );
    await api.refused('InvalidParameterValue', 'DeleteRoute', local);
    const both = { ...route, LocalTarget: 'true' };
    await api.refused('InvalidParameterCombination', 'ReplaceRoute', both);
    for (const back of [{ LocalTarget: 'true' }, { GatewayId: 'local' }]) {
      await api.ok('ReplaceRoute', { ...local, ...back });
      const [first] = await routes();
      assert.deepEqual([first.gatewayId, first.origin], ['local', 'CreateRouteTable']);
      await api.ok('ReplaceRoute', route);
    }
    const unknown = { RouteTableId: routeTableId, DestinationCidrBlock: '10.7.0.0/16', LocalTarget: 'true' };
    await api.refused('InvalidRoute.NotFound', 'ReplaceRoute', unknown);
  });
});
