import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('DHCP options', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  it('every VPC starts with the default set, which is listed and cannot go', async () => {
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { dhcpOptionsSet } = await api.ok('DescribeDhcpOptions', { 'DhcpOptionsId.1': vpc.dhcpOptionsId });
    assert.deepEqual(dhcpOptionsSet[0].dhcpConfigurationSet, [
      { key: 'domain-name', valueSet: [{ value: 'ec2.internal' }] },
      { key: 'domain-name-servers', valueSet: [{ value: 'AmazonProvidedDNS' }] },
    ]);
    await api.refused('DependencyViolation', 'DeleteDhcpOptions', { DhcpOptionsId: vpc.dhcpOptionsId });
  });

  it('a set is given to a VPC, taken back, and deleted', async () => {
    const { vpc } = await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { dhcpOptions } = await api.ok('CreateDhcpOptions', {
      'DhcpConfiguration.1.Key': 'domain-name',
      'DhcpConfiguration.1.Value.1': 'example.internal',
      'DhcpConfiguration.2.Key': 'domain-name-servers',
      'DhcpConfiguration.2.Value.1': '10.0.0.2',
      'DhcpConfiguration.2.Value.2': 'AmazonProvidedDNS',
    });
    const id: string = dhcpOptions.dhcpOptionsId;
    assert.deepEqual(dhcpOptions.dhcpConfigurationSet[1].valueSet, [
      { value: '10.0.0.2' },
      { value: 'AmazonProvidedDNS' },
    ]);
    await api.ok('AssociateDhcpOptions', { DhcpOptionsId: id, VpcId: vpc.vpcId });
    const { vpcSet } = await api.ok('DescribeVpcs', {
      'Filter.1.Name': 'dhcp-options-id',
      'Filter.1.Value.1': id,
    });
    assert.equal(vpcSet[0].vpcId, vpc.vpcId);
    await api.refused('DependencyViolation', 'DeleteDhcpOptions', { DhcpOptionsId: id });
    await api.ok('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId: vpc.vpcId });
    await api.ok('DeleteDhcpOptions', { DhcpOptionsId: id });
    await api.refused('InvalidDhcpOptionID.NotFound', 'DescribeDhcpOptions', { 'DhcpOptionsId.1': id });
  });

  it('has servers of IPv6 and the time that IPv6 addresses are preferred', async () => {
    const { dhcpOptions } = await api.ok('CreateDhcpOptions', {
      'DhcpConfiguration.1.Key': 'domain-name-servers',
      'DhcpConfiguration.1.Value.1': 'AmazonProvidedDNS, 2001:DB8::53',
      'DhcpConfiguration.2.Key': 'ntp-servers',
      'DhcpConfiguration.2.Value.1': '2001:db8::123',
      'DhcpConfiguration.3.Key': 'ipv6-address-preferred-lease-time',
      'DhcpConfiguration.3.Value.1': '140',
    });
    assert.deepEqual(dhcpOptions.dhcpConfigurationSet, [
      { key: 'domain-name-servers', valueSet: [{ value: 'AmazonProvidedDNS' }, { value: '2001:db8::53' }] },
      { key: 'ntp-servers', valueSet: [{ value: '2001:db8::123' }] },
      { key: 'ipv6-address-preferred-lease-time', valueSet: [{ value: '140' }] },
    ]);
    for (const seconds of ['59', '2147483648', 'long', '1.5', '']) {
      await api.refused('InvalidParameterValue', 'CreateDhcpOptions', {
        'DhcpConfiguration.1.Key': 'ipv6-address-preferred-lease-time',
        'DhcpConfiguration.1.Value.1': seconds,
      });
    }
  });

  it('tell NetBIOS who knows names, and how to find them', async () => {
    const { dhcpOptions } = await api.ok('CreateDhcpOptions', {
      'DhcpConfiguration.1.Key': 'netbios-name-servers',
      'DhcpConfiguration.1.Value.1': '10.0.0.137',
      'DhcpConfiguration.2.Key': 'netbios-node-type',
      'DhcpConfiguration.2.Value.1': '2',
    });
    assert.deepEqual(dhcpOptions.dhcpConfigurationSet, [
      { key: 'netbios-name-servers', valueSet: [{ value: '10.0.0.137' }] },
      { key: 'netbios-node-type', valueSet: [{ value: '2' }] },
    ]);
  });

  it('options that are not there, or no options, are refused', async () => {
    const option = (Key: string, value: string) => ({
      'DhcpConfiguration.1.Key': Key,
      'DhcpConfiguration.1.Value.1': value,
    });
    await api.refused('InvalidParameterValue', 'CreateDhcpOptions', option('netbios-node-type', '3'));
    await api.refused('InvalidParameterValue', 'CreateDhcpOptions', option('netbios-name-servers', 'wins'));
    await api.refused('InvalidParameterValue', 'CreateDhcpOptions', option('colour', 'blue'));
    await api.refused('InvalidParameterValue', 'CreateDhcpOptions', option('ntp-servers', 'noon'));
    await api.refused('MissingParameter', 'CreateDhcpOptions');
  });
});
