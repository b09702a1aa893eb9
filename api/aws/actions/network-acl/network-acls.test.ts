import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../../testing/harness.ts';

describe('network ACLs', () => {
  let api: Harness;
  let vpcId: string;
  let subnetId: string;
  before(async () => {
    api = await startHarness();
    vpcId = (await api.ok('CreateVpc', { CidrBlock: '10.0.0.0/16' })).vpc.vpcId;
    subnetId = (await api.ok('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/24' })).subnet.subnetId;
  });
  after(() => api.close());

  const described = async (filter: string, value: string) =>
    (
      await api.ok('DescribeNetworkAcls', {
        'Filter.1.Name': 'vpc-id',
        'Filter.1.Value.1': vpcId,
        'Filter.2.Name': filter,
        'Filter.2.Value.1': value,
      })
    ).networkAclSet;

  it('come with the VPC as the default, which allows everything and cannot go', async () => {
    const [acl] = await described('default', 'true');
    assert.deepEqual(
      acl.entrySet.map((entry: Record<string, string>) =>
        [entry.ruleNumber, entry.egress, entry.ruleAction, entry.protocol].join(' '),
      ),
      ['100 true allow -1', '100 false allow -1', '32767 true deny -1', '32767 false deny -1'],
    );
    assert.deepEqual(
      acl.associationSet.map((one: Record<string, string>) => one.subnetId),
      [subnetId],
    );
    await api.refused('InvalidParameterValue', 'DeleteNetworkAcl', { NetworkAclId: acl.networkAclId });
  });

  it('get, change and lose entries', async () => {
    const { networkAcl } = await api.ok('CreateNetworkAcl', { VpcId: vpcId });
    const place = { NetworkAclId: networkAcl.networkAclId, RuleNumber: 110, Egress: false };
    const entry = {
      ...place,
      Protocol: '6',
      RuleAction: 'allow',
      CidrBlock: '10.1.2.3/8',
      'PortRange.From': 22,
      'PortRange.To': 23,
    };
    await api.ok('CreateNetworkAclEntry', entry);
    await api.refused('NetworkAclEntryAlreadyExists', 'CreateNetworkAclEntry', entry);
    await api.ok('CreateNetworkAclEntry', { ...entry, Egress: true });
    const shown = async () => (await described('entry.rule-number', '110'))[0]?.entrySet;
    assert.deepEqual(
      (await shown()).find((one: Record<string, string>) => one.egress === 'false'),
      {
        ruleNumber: '110',
        egress: 'false',
        ruleAction: 'allow',
        protocol: '6',
        cidrBlock: '10.0.0.0/8',
        portRange: { from: '22', to: '23' },
      },
    );
    await api.ok('ReplaceNetworkAclEntry', { ...entry, RuleAction: 'deny' });
    await api.refused('InvalidNetworkAclEntry.NotFound', 'ReplaceNetworkAclEntry', {
      ...entry,
      RuleNumber: 111,
    });
    await api.ok('DeleteNetworkAclEntry', place);
    await api.refused('InvalidNetworkAclEntry.NotFound', 'DeleteNetworkAclEntry', place);
    await api.refused('InvalidParameterValue', 'CreateNetworkAclEntry', { ...entry, RuleNumber: 32767 });
    await api.refused('InvalidParameterValue', 'CreateNetworkAclEntry', { ...entry, Protocol: 'tcq' });
    await api.refused('MissingParameter', 'CreateNetworkAclEntry', {
      ...place,
      Protocol: '1',
      RuleAction: 'allow',
      CidrBlock: '0.0.0.0/0',
    });
    await api.ok('DeleteNetworkAcl', { NetworkAclId: networkAcl.networkAclId });
  });

  it('mean all ports of a protocol that is neither TCP nor UDP, whatever ports are given', async () => {
    const { networkAcl } = await api.ok('CreateNetworkAcl', { VpcId: vpcId });
    await api.ok('CreateNetworkAclEntry', {
      NetworkAclId: networkAcl.networkAclId,
      RuleNumber: 132,
      Egress: false,
      Protocol: '132',
      RuleAction: 'deny',
      CidrBlock: '0.0.0.0/0',
      'PortRange.From': 5000,
      'PortRange.To': 5001,
    });
    const [acl] = await described('entry.rule-number', '132');
    const entry = acl.entrySet.find((one: Record<string, string>) => one.ruleNumber === '132');
    assert.deepEqual([entry.protocol, entry.portRange], ['132', undefined]);
  });

  it('are changed for a subnet, and stay while one has them', async () => {
    const { networkAcl } = await api.ok('CreateNetworkAcl', { VpcId: vpcId });
    const id: string = networkAcl.networkAclId;
    const [before] = await described('association.subnet-id', subnetId);
    const { networkAclAssociationId: association } = before.associationSet[0];
    await api.ok('ReplaceNetworkAclAssociation', { AssociationId: association, NetworkAclId: id });
    assert.equal((await described('association.subnet-id', subnetId))[0].networkAclId, id);
    await api.refused('DependencyViolation', 'DeleteNetworkAcl', { NetworkAclId: id });
    await api.ok('ReplaceNetworkAclAssociation', {
      AssociationId: association,
      NetworkAclId: before.networkAclId,
    });
    await api.ok('DeleteNetworkAcl', { NetworkAclId: id });
    await api.refused('InvalidAssociationID.NotFound', 'ReplaceNetworkAclAssociation', {
      AssociationId: 'aclassoc-0123456789abcdef0',
      NetworkAclId: before.networkAclId,
    });
    await api.refused('InvalidNetworkAclID.NotFound', 'DeleteNetworkAcl', { NetworkAclId: id });
  });
});
