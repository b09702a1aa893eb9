import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('prefixes of interfaces', () => {
  let api: Harness;
  let SubnetId: string;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
    const { vpc } = await api.ok('CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      AmazonProvidedIpv6CidrBlock: 'true',
    });
    const block: string = vpc.ipv6CidrBlockAssociationSet[0].ipv6CidrBlock;
    const { subnet } = await api.ok('CreateSubnet', {
      VpcId: vpc.vpcId,
      CidrBlock: '10.0.1.0/26',
      Ipv6CidrBlock: block.replace('/56', '/64'),
    });
    SubnetId = subnet.subnetId;
  });
  after(() => api.close());

  const create = async (input: object) =>
    (await api.ok('CreateNetworkInterface', { SubnetId, ...input })).networkInterface;
  const freeAddresses = async () =>
    Number(
      (await api.ok('DescribeSubnets', { 'SubnetId.1': SubnetId })).subnetSet[0].availableIpAddressCount,
    );

  it('are given or chosen with the interface, and shown with it', async () => {
    const free = await freeAddresses();
    const port = await create({ 'Ipv4Prefix.1.Ipv4Prefix': '10.0.1.32/28', Ipv6PrefixCount: 1 });
    assert.deepEqual(port.ipv4PrefixSet, [{ ipv4Prefix: '10.0.1.32/28' }]);
    assert.match(port.ipv6PrefixSet[0].ipv6Prefix, /:1::\/80$/);
    assert.equal(await freeAddresses(), free - 17);
    const byPrefix = { 'Filter.1.Name': 'network-interface-id', 'Filter.1.Value.1': port.networkInterfaceId };
    const { networkInterfaceSet } = await api.ok('DescribeNetworkInterfaces', byPrefix);
    assert.deepEqual(networkInterfaceSet[0].ipv4PrefixSet, port.ipv4PrefixSet);
    await api.ok('DeleteNetworkInterface', { NetworkInterfaceId: port.networkInterfaceId });
    assert.equal(await freeAddresses(), free);
  });

  it('are assigned and unassigned, and run out', async () => {
    const { networkInterfaceId: NetworkInterfaceId } = await create({});
    const assign = (input: object) => api.ok('AssignPrivateIpAddresses', { NetworkInterfaceId, ...input });
    const { assignedIpv4PrefixSet } = await assign({ Ipv4PrefixCount: 1 });
    assert.deepEqual(assignedIpv4PrefixSet, [{ ipv4Prefix: '10.0.1.32/28' }]);
    assert.deepEqual((await assign({ 'Ipv4Prefix.1': '10.0.1.16/28' })).assignedIpv4PrefixSet, [
      { ipv4Prefix: '10.0.1.16/28' },
    ]);
    const more = { NetworkInterfaceId, Ipv4PrefixCount: 1 };
    await api.refused('InsufficientCidrBlocks', 'AssignPrivateIpAddresses', more);
    await api.refused('InsufficientCidrBlocks', 'CreateNetworkInterface', { SubnetId, Ipv4PrefixCount: 1 });
    const both = { ...more, SecondaryPrivateIpAddressCount: 1 };
    await api.refused('InvalidParameterCombination', 'AssignPrivateIpAddresses', both);
    await api.refused('InvalidParameterCombination', 'AssignPrivateIpAddresses', { NetworkInterfaceId });
    const wide = { NetworkInterfaceId, 'Ipv4Prefix.1': '10.0.1.0/27' };
    await api.refused('InvalidParameterValue', 'AssignPrivateIpAddresses', wide);
    const gone = { NetworkInterfaceId, 'Ipv4Prefix.1': '10.0.1.16/28' };
    await api.ok('UnassignPrivateIpAddresses', gone);
    await api.refused('InvalidParameterValue', 'UnassignPrivateIpAddresses', gone);
    await api.refused('InvalidParameterValue', 'UnassignPrivateIpAddresses', { NetworkInterfaceId });
  });

  it('of IPv6, too, and not together with addresses', async () => {
    const { networkInterfaceId: NetworkInterfaceId } = await create({});
    const { assignedIpv6PrefixSet, assignedIpv6Addresses } = await api.ok('AssignIpv6Addresses', {
      NetworkInterfaceId,
      Ipv6PrefixCount: 2,
    });
    assert.equal(assignedIpv6PrefixSet.length, 2);
    assert.equal(assignedIpv6Addresses, '', 'an empty set');
    const [gone] = assignedIpv6PrefixSet;
    const taken = { NetworkInterfaceId, 'Ipv6Prefix.1': gone };
    const { unassignedIpv6PrefixSet } = await api.ok('UnassignIpv6Addresses', taken);
    assert.deepEqual(unassignedIpv6PrefixSet, [gone]);
    await api.refused('InvalidParameterValue', 'UnassignIpv6Addresses', taken);
    const limit = { NetworkInterfaceId, Ipv6AddressCount: 16 };
    await api.refused('PrivateIpAddressLimitExceeded', 'AssignIpv6Addresses', limit);
    for (const other of [{ Ipv6AddressCount: 1 }, { 'Ipv6Addresses.1.Ipv6Address': '2001:db8::9' }]) {
      const input = { SubnetId, Ipv6PrefixCount: 1, ...other };
      await api.refused('InvalidParameterCombination', 'CreateNetworkInterface', input);
    }
    const counted = { SubnetId, Ipv4PrefixCount: 1, SecondaryPrivateIpAddressCount: 1 };
    await api.refused('InvalidParameterCombination', 'CreateNetworkInterface', counted);
  });
});
