import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../resources/index.ts';
import { assertRefused, census, deeds } from '../../testing/assertions.ts';
import { IncrementalCheck } from '../../testing/incremental.ts';
import { network } from '../../testing/scene.ts';
import { testOwner, World } from '../../testing/world.ts';

async function withGroup(world: World) {
  const { vpc, subnet } = await network(world);
  const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
  const rule = (spec: Record<string, unknown> = {}) =>
    world.create('security-group-rule', {
      groupId: group.id,
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 80,
      toPort: 80,
      cidrIpv4: '0.0.0.0/0',
      ...spec,
    });
  return { vpc, subnet, group, rule };
}
const matchKeys = (world: World) =>
  [...world.topology.all('rule-match')]
    .map(({ spec }) => `${spec.direction} ${spec.dimension} ${spec.key}`)
    .sort();

describe('a security group', () => {
  it('begins without rules where that is said', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const rulesOf = (id: string) =>
      [...world.topology.referrers({ kind: 'security-group', id }, 'of-group', 'security-group-rule')].length;
    for (const [defaultRules, count] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const name = `rules ${defaultRules}`;
      const group = await world.create('security-group', { vpcId: vpc.id, name, defaultRules });
      assert.equal(rulesOf(group.id), count);
      assert.deepEqual(group.spec, { vpcId: vpc.id, name });
      const spec = { cidrBlock: '10.7.0.0/16', defaultSecurityGroupRules: defaultRules };
      const other = await world.create('vpc', spec);
      assert.equal(rulesOf(other.spec.defaultSecurityGroupId), count * 2);
      assert.equal('defaultSecurityGroupRules' in other.spec, false);
    }
  });

  it('comes with a rule that lets everything out', async () => {
    await using world = await World.create();
    const { vpc, group } = await withGroup(world);
    assert.deepEqual(group.spec, { vpcId: vpc.id, name: 'web' });
    const rules = [...world.topology.referrers(group, 'of-group', 'security-group-rule')];
    assert.deepEqual(
      rules.map(({ spec, status }) => ({ ...spec, ...status })),
      [
        {
          groupId: group.id,
          direction: 'egress',
          protocol: 'all',
          cidrIpv4: '0.0.0.0/0',
          matchIds: [],
        },
      ],
    );
    assert.deepEqual(deeds(world.commits.at(-1)), ['+security-group', '+security-group-rule', '~counter']);
  });

  it('has a name of its own in its VPC', async () => {
    await using world = await World.create();
    const { vpc } = await withGroup(world);
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    for (const name of ['web', 'default']) {
      await assertRefused(world, () => world.create('security-group', { vpcId: vpc.id, name }), {
        code: 'already-exists',
        field: 'spec.name',
        value: name,
      });
    }
    await world.create('security-group', { vpcId: other.id, name: 'web' });
    await assertRefused(world, () => world.create('security-group', { vpcId: 'vpc-0', name: 'x' }), {
      code: 'unknown-reference',
      field: 'spec.vpcId',
      value: 'vpc-0',
    });
  });

  it('changes its description, and nothing else', async () => {
    await using world = await World.create();
    const { group } = await withGroup(world);
    const changed = await world.update('security-group', group.id, { description: 'front' });
    assert.deepEqual(changed.spec, { ...group.spec, description: 'front' });
  });

  it('goes with its rules, their matches and its identities', async () => {
    await using world = await World.create();
    const { vpc, subnet, group, rule } = await withGroup(world);
    const { counter: _numbers, ...before } = census(world);
    await rule({ referencedGroupId: group.id, cidrIpv4: undefined });
    await rule({ cidrIpv4: '10.0.0.0/8', toPort: 90 });
    for (const securityGroupIds of [[group.id], [group.id, vpc.spec.defaultSecurityGroupId]]) {
      const port = await world.create('network-interface', { subnetId: subnet.id, securityGroupIds });
      await assertRefused(world, () => world.remove('security-group', group.id), {
        code: 'in-use',
        field: 'id',
        value: group.id,
        fix: new RegExp(port.id),
      });
      await world.remove('network-interface', port.id);
    }
    assert.equal(world.topology.count('identity'), 2);
    await world.remove('security-group', group.id);
    const { counter: _more, 'retired-number': _retired, ...after } = census(world);
    assert.deepEqual(after, { ...before, 'security-group': 1, 'security-group-rule': 2 });
    assert.deepEqual(matchKeys(world), ['ingress service all', 'ingress service ipv6/all']);
  });

  it('stays while rules of other groups name it, and the default one as long as its VPC', async () => {
    await using world = await World.create();
    const { vpc, group, rule } = await withGroup(world);
    const fallback = vpc.spec.defaultSecurityGroupId;
    const { id } = await rule({ groupId: fallback, referencedGroupId: group.id, cidrIpv4: undefined });
    const refusal = { code: 'in-use', field: 'id' } as const;
    await assertRefused(world, () => world.remove('security-group', group.id), {
      ...refusal,
      value: group.id,
      fix: new RegExp(id),
    });
    await assertRefused(world, () => world.remove('security-group', fallback), {
      ...refusal,
      value: fallback,
      fix: new RegExp(vpc.id),
    });
    await world.remove('security-group-rule', id);
    await world.remove('security-group', group.id);
  });
});

describe('a rule', () => {
  it('brings the matches that are not there yet, and takes those that nobody uses along', async () => {
    await using world = await World.create();
    const { rule } = await withGroup(world);
    const first = await rule({ toPort: 81 });
    assert.deepEqual(deeds(world.commits.at(-1)), [
      '+rule-match',
      '+security-group-rule',
      '~counter',
      '~counter',
    ]);
    const second = await rule({ toPort: 82, cidrIpv4: '10.0.0.0/8' });
    const shared = 'ingress service 6:80/65534';
    assert.deepEqual(matchKeys(world), [
      'ingress peer 10.0.0.0/8',
      'ingress service 6:80/65534',
      'ingress service 6:82/65535',
      'ingress service all',
      'ingress service ipv6/all',
    ]);
    await world.remove('security-group-rule', second.id);
    const own = ['ingress service all', 'ingress service ipv6/all'];
    assert.deepEqual(matchKeys(world), [shared, ...own]);
    assert.equal([...world.topology.all('retired-number')].length, 3, 'of the rule and two matches');
    await world.remove('security-group-rule', first.id);
    assert.deepEqual(matchKeys(world), own);
  });

  it('names its protocol as others do', async () => {
    await using world = await World.create();
    const { rule } = await withGroup(world);
    for (const [number, name] of [
      [6, 'tcp'],
      [17, 'udp'],
      [132, 132],
    ] as const) {
      const ports = name === 132 ? { fromPort: undefined, toPort: undefined } : {};
      assert.equal((await rule({ protocol: number, ...ports })).spec.protocol, name);
    }
    const icmp = await rule({ protocol: 1, fromPort: undefined, toPort: undefined });
    assert.equal(icmp.spec.protocol, 'icmp');
  });

  it('is refused where it contradicts itself', async () => {
    await using world = await World.create();
    const { group, rule } = await withGroup(world);
    const noPorts = { fromPort: undefined, toPort: undefined };
    const attempts: [change: Record<string, unknown>, field: string, value: unknown][] = [
      [{ referencedGroupId: group.id }, 'cidrIpv4', '0.0.0.0/0'],
      [{ cidrIpv4: undefined }, 'cidrIpv4', undefined],
      [{ cidrIpv4: '10.0.0.1/8' }, 'cidrIpv4', '10.0.0.1/8'],
      [{ protocol: 'all' }, 'fromPort', 80],
      [{ protocol: 'icmp', fromPort: undefined }, 'fromPort', 80],
      [{ protocol: 47, toPort: undefined }, 'fromPort', 80],
      [{ protocol: 132 }, 'fromPort', 80],
      [{ icmpType: 8 }, 'icmpType', 8],
      [{ protocol: 'udp', icmpCode: 0 }, 'icmpType', 0],
      [{ protocol: 'icmp', icmpCode: 0, ...noPorts }, 'icmpCode', 0],
      [{ protocol: 'icmp', icmpType: -1, icmpCode: 3, ...noPorts }, 'icmpCode', 3],
      [{ toPort: undefined }, 'toPort', undefined],
      [{ fromPort: undefined }, 'toPort', 80],
      [{ fromPort: 81 }, 'fromPort', 81],
    ];
    for (const [change, field, value] of attempts) {
      await assertRefused(world, () => rule(change), {
        code: 'invalid-value',
        field: `spec.${field}`,
        ...(value === undefined ? {} : { value }),
      });
    }
  });

  it('names groups that exist, of one VPC', async () => {
    await using world = await World.create();
    const { rule } = await withGroup(world);
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const foreign = other.spec.defaultSecurityGroupId;
    const attempts: [change: Record<string, unknown>, code: ErrorCode, field: string][] = [
      [{ groupId: 'sg-0' }, 'unknown-reference', 'groupId'],
      [{ referencedGroupId: 'sg-0', cidrIpv4: undefined }, 'unknown-reference', 'referencedGroupId'],
      [{ referencedGroupId: foreign, cidrIpv4: undefined }, 'invalid-value', 'referencedGroupId'],
    ];
    for (const [change, code, field] of attempts) {
      await assertRefused(world, () => rule(change), { code, field: `spec.${field}`, value: change[field] });
    }
  });

  it('is there only once', async () => {
    await using world = await World.create();
    const { rule, vpc } = await withGroup(world);
    const first = await rule({ description: 'one' });
    await assertRefused(world, () => rule({ description: 'two' }), {
      code: 'already-exists',
      field: 'spec',
      value: first.id,
    });
    await assertRefused(world, () => rule({ protocol: 6 }), {
      code: 'already-exists',
      field: 'spec',
      value: first.id,
    });
    for (const change of [
      { direction: 'egress' },
      { toPort: 81 },
      { protocol: 'udp' },
      { cidrIpv4: '10.0.0.0/8' },
      { groupId: vpc.spec.defaultSecurityGroupId },
    ]) {
      await rule(change);
    }
  });

  it('is one of at most 60 of a group, a direction and a kind of IP, or of as many as the account may have', async () => {
    await using world = await World.create();
    const { group, rule } = await withGroup(world);
    const ipv6 = { cidrIpv4: undefined, cidrIpv6: '2001:db8::/32' };
    for (let port = 1; port <= 60; port++) await rule({ fromPort: port, toPort: port });
    const refusal = { code: 'quota-exceeded', field: 'spec.groupId', value: group.id } as const;
    const next = (change: object = {}) => rule({ fromPort: 61, toPort: 61, ...change });
    await assertRefused(world, () => next(), refusal);
    await rule({ direction: 'egress' });
    const other = await next(ipv6);
    const change = { cidrIpv6: null, cidrIpv4: '192.0.2.0/24' };
    await assertRefused(world, () => world.update('security-group-rule', other.id, change), refusal);
    const ofGroup = { cidrIpv4: undefined, referencedGroupId: group.id };
    await assertRefused(world, () => next(ofGroup), refusal);
    const quotas = { 'rules-per-security-group': 61 };
    await world.create('account', { id: testOwner.account, name: 'more', quotas });
    await next(ofGroup);
    await assertRefused(world, () => next({ fromPort: 62, toPort: 62 }), refusal);
    for (let port = 1; port <= 59; port++) await rule({ ...ipv6, fromPort: port, toPort: port });
    await assertRefused(world, () => next({ ...ipv6, fromPort: 62, toPort: 62 }), refusal);
  });
});

describe('a rule that is changed', () => {
  it('keeps its id and number, and has other matches; the unused ones go', async () => {
    await using world = await World.create();
    const { rule } = await withGroup(world);
    const check = new IncrementalCheck(world);
    const none = matchKeys(world);
    const first = await rule({ cidrIpv4: '192.0.2.0/24' });
    const before = matchKeys(world);
    const change = { fromPort: 444, toPort: 445, cidrIpv4: '198.51.100.0/24', description: 'web' };
    const changed = await world.update('security-group-rule', first.id, change);
    assert.deepEqual([changed.id, changed.number], [first.id, first.number]);
    assert.deepEqual(changed.spec, { ...first.spec, ...change });
    assert.notDeepEqual(matchKeys(world), before);
    assert.equal(matchKeys(world).length, before.length);
    await check.assertSame('other ports and network');
    const icmp = {
      protocol: 'icmpv6',
      fromPort: null,
      toPort: null,
      cidrIpv4: null,
      cidrIpv6: '2001:DB8::/32',
    };
    const other = await world.update('security-group-rule', first.id, icmp);
    const { groupId } = first.spec;
    assert.deepEqual(other.spec, {
      ...{ groupId, direction: 'ingress', protocol: 'icmpv6', cidrIpv6: '2001:db8::/32', description: 'web' },
    });
    await check.assertSame('another protocol, of IPv6');
    await world.remove('security-group-rule', first.id);
    assert.deepEqual(matchKeys(world), none);
    await check.assertSame('removed');
  });

  it('shares matches with others, which keep theirs', async () => {
    await using world = await World.create();
    const { rule } = await withGroup(world);
    const check = new IncrementalCheck(world);
    const [one, two] = [
      await rule({ cidrIpv4: '192.0.2.0/24' }),
      await rule({ cidrIpv4: '198.51.100.0/24' }),
    ];
    await world.update('security-group-rule', one.id, { fromPort: 22, toPort: 22 });
    await check.assertSame('one of two on a port');
    await world.remove('security-group-rule', two.id);
    await check.assertSame('the other one is gone');
  });

  it('may get another description alone, and other ports when it names a group', async () => {
    await using world = await World.create();
    const { rule, group } = await withGroup(world);
    const check = new IncrementalCheck(world);
    const named = await rule({ cidrIpv4: undefined, referencedGroupId: group.id, direction: 'egress' });
    await world.update('security-group-rule', named.id, { description: 'to each other' });
    const changed = await world.update('security-group-rule', named.id, { fromPort: 1, toPort: 2 });
    assert.notDeepEqual(changed.status.matchIds, named.status.matchIds);
    await check.assertSame('other ports');
  });

  const refusals: [name: string, change: object, code: ErrorCode, field: string, value: unknown][] = [
    ['a second other side', { cidrIpv6: '::/0' }, 'invalid-value', 'spec.cidrIpv4', '0.0.0.0/0'],
    ['no other side', { cidrIpv4: null }, 'invalid-value', 'spec.cidrIpv4', undefined],
    ['ports of another protocol', { protocol: 'icmp' }, 'invalid-value', 'spec.fromPort', 80],
    ['half a range', { toPort: null }, 'invalid-value', 'spec.toPort', undefined],
    ['what another rule permits', { fromPort: 443, toPort: 443 }, 'already-exists', 'spec', ''],
  ];
  for (const [name, change, code, field, value] of refusals) {
    it(`is refused ${name}`, async () => {
      await using world = await World.create();
      const { rule } = await withGroup(world);
      const first = await rule();
      const other = await rule({ fromPort: 443, toPort: 443 });
      const refused = () => world.update('security-group-rule', first.id, change as Record<string, unknown>);
      await assertRefused(world, refused, { code, field, value: value === '' ? other.id : value });
    });
  }
});
