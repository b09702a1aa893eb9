import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiError, apiKinds } from '@weft/api/contract';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud } from './support/cloud.ts';

describe('bad input', () => {
  let cloud: Cloud;
  let vpc: ResourceOf<'vpc'>;
  let subnet: ResourceOf<'subnet'>;

  before(async () => {
    cloud = await Cloud.start({ hosts: 1 });
    vpc = await cloud.vpc('10.0.0.0/16');
    subnet = await cloud.subnet(vpc.id, '10.0.1.0/24');
    await cloud.client.create('network-interface', {
      spec: { subnetId: subnet.id, privateAddress: '10.0.1.10' },
    });
  });
  after(() => cloud[Symbol.asyncDispose]());

  const unknown = (prefix: string) => `${prefix}-${'0'.repeat(17)}`;
  const cases: [what: string, call: () => Promise<unknown>, code: string, field: string][] = [
    ['a VPC that is no network', () => cloud.vpc('10.0.0.300/16'), 'invalid-value', 'spec.cidrBlock'],
    ['a VPC with host bits', () => cloud.vpc('10.0.0.1/16'), 'invalid-value', 'spec.cidrBlock'],
    ['a VPC that is too large', () => cloud.vpc('10.0.0.0/8'), 'invalid-value', 'spec.cidrBlock'],
    ['a subnet that overlaps', () => cloud.subnet(vpc.id, '10.0.1.128/25'), 'overlap', 'spec.cidrBlock'],
    [
      'a subnet outside of its VPC',
      () => cloud.subnet(vpc.id, '10.1.0.0/24'),
      'address-outside',
      'spec.cidrBlock',
    ],
    [
      'a subnet of no VPC',
      () => cloud.subnet(unknown('vpc'), '10.0.2.0/24'),
      'unknown-reference',
      'spec.vpcId',
    ],
    [
      'an address outside of the subnet',
      () =>
        cloud.client.create('network-interface', {
          spec: { subnetId: subnet.id, privateAddress: '10.0.2.10' },
        }),
      'address-outside',
      'spec.privateAddress',
    ],
    [
      'a reserved address',
      () =>
        cloud.client.create('network-interface', {
          spec: { subnetId: subnet.id, privateAddress: '10.0.1.1' },
        }),
      'address-outside',
      'spec.privateAddress',
    ],
    [
      'an address that is taken',
      () =>
        cloud.client.create('network-interface', {
          spec: { subnetId: subnet.id, privateAddress: '10.0.1.10' },
        }),
      'address-in-use',
      'spec.privateAddress',
    ],
    ['deleting a VPC with subnets', () => cloud.client.remove('vpc', vpc.id), 'in-use', 'id'],
    ['deleting a subnet with interfaces', () => cloud.client.remove('subnet', subnet.id), 'in-use', 'id'],
    [
      'deleting the default group',
      () => cloud.client.remove('security-group', vpc.spec.defaultSecurityGroupId),
      'in-use',
      'id',
    ],
    ['deleting what is not there', () => cloud.client.remove('vpc', unknown('vpc')), 'not-found', 'id'],
    [
      'a misspelt field',
      () => cloud.client.create('vpc', { spec: { cidrBlok: '10.0.0.0/16' } }),
      'unknown-field',
      'spec.cidrBlok',
    ],
    ['a missing field', () => cloud.client.create('vpc', { spec: {} }), 'missing-field', 'spec.cidrBlock'],
    [
      'a rule without a peer',
      () =>
        cloud.client.create('security-group-rule', {
          spec: { groupId: vpc.spec.defaultSecurityGroupId, direction: 'ingress', protocol: 'tcp' },
        }),
      'invalid-value',
      'spec.cidrIpv4',
    ],
    [
      'an instance without a host',
      () => cloud.client.create('instance', { spec: { subnetId: subnet.id, hostId: 'nowhere' } }),
      'unknown-reference',
      'spec.hostId',
    ],
  ];

  /** What clients write; hosts are written by their agents, too, whenever they like. */
  const stored = async () => {
    const kinds = apiKinds.filter((kind) => kind !== 'host');
    return (await Promise.all(kinds.map((kind) => cloud.client.listAll(kind)))).flatMap(({ items }) => items);
  };

  for (const [what, call, code, field] of cases) {
    it(`${what} is refused with the field, the value and the fix, and nothing is stored`, async () => {
      const earlier = await stored();
      assert.ok(earlier.length >= 3, 'the VPC, the subnet and the interface are stored');
      await assert.rejects(call(), (error: unknown) => {
        assert.ok(error instanceof ApiError, String(error));
        assert.ok(error.status >= 400 && error.status < 500, `status ${error.status}`);
        assert.equal(error.code, code, error.message);
        assert.equal(error.field, field);
        assert.ok(error.fix, 'there is a fix');
        return true;
      });
      assert.deepEqual(await stored(), earlier);
    });
  }
});
