import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, dualStackCloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const entries = (...cidrs: string[]) => cidrs.map((cidr) => ({ cidr }));

describe('a prefix list', () => {
  it('counts the versions of its entries', async () => {
    await using world = await World.create();
    const list = await world.create('prefix-list', { name: 'office', maxEntries: 2 });
    assert.deepEqual([list.spec.entries, list.status.version], [[], 1]);
    await world.update('prefix-list', list.id, { name: 'offices' });
    const changed = await world.update('prefix-list', list.id, { entries: entries('192.0.2.0/24') });
    assert.deepEqual([changed.spec.name, changed.status.version], ['offices', 2]);
  });

  it('has each network once, and no more than it says', async () => {
    await using world = await World.create();
    const list = await world.create('prefix-list', { name: 'office', maxEntries: 2 });
    const cases = [
      [entries('10.0.0.0/8', '10.0.0.0/8'), 'already-exists', 'spec.entries[1].cidr', '10.0.0.0/8'],
      [entries('10.0.0.1/8'), 'invalid-value', 'spec.entries[0].cidr', '10.0.0.1/8'],
      [entries('10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8'), 'invalid-value', 'spec.entries', 3],
    ] as const;
    for (const [wanted, code, field, value] of cases) {
      await assertRefused(world, () => world.update('prefix-list', list.id, { entries: wanted }), {
        code,
        field,
        value,
      });
    }
  });

  it('is what its rules match, and changes the matches of those alone', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const list = await world.create('prefix-list', {
      name: 'office',
      maxEntries: 5,
      entries: entries('192.0.2.0/24', '198.51.100.0/24'),
    });
    const spec = { groupId: vpc.spec.defaultSecurityGroupId, direction: 'ingress', protocol: 'tcp' };
    const rule = await world.create('security-group-rule', { ...spec, prefixListId: list.id });
    await world.create('security-group-rule', { ...spec, cidrIpv4: '192.0.2.0/24' });
    const flows = () =>
      world
        .get('security-group-rule', rule.id)
        .status.matchIds.flatMap((id) => fragment(world, 'rule.match', id)?.flows);
    const of = (network: string, actions: string) =>
      `table=ingress-rules, priority=100,ct_state=-inv+trk,${network}ip,metadata=0x1 actions=${actions}`;
    const service = of('ct_nw_proto=6,', 'conjunction(3,2/3),conjunction(4,2/3)');
    const first = of('ct_nw_src=192.0.2.0/24,', 'conjunction(3,3/3),conjunction(4,3/3)');
    assert.deepEqual(flows(), [first, of('ct_nw_src=198.51.100.0/24,', 'conjunction(3,3/3)'), service]);
    await world.update('prefix-list', list.id, { entries: entries('192.0.2.0/24', '0.0.0.0/0') });
    assert.deepEqual(flows(), [first, of('', 'conjunction(3,3/3)'), service]);
    const changed = [...(world.changes.at(-1)?.scopes.values() ?? [])].flat();
    assert.equal(changed.length, 2, 'one network came, one went');
    await world.update('prefix-list', list.id, { entries: [] });
    assert.deepEqual(flows(), [service], 'nobody matches');
    assert.equal(world.topology.get('rule-match', `${vpc.id}/ingress/peer/0.0.0.0/0`), undefined);
  });

  it('counts as its largest number of entries among the rules of a group', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const list = await world.create('prefix-list', { name: 'office', maxEntries: 59 });
    const spec = { groupId: vpc.spec.defaultSecurityGroupId, direction: 'ingress', protocol: 'tcp' };
    const rule = await world.create('security-group-rule', { ...spec, prefixListId: list.id });
    const refusal = { code: 'quota-exceeded', field: 'spec.groupId', value: spec.groupId } as const;
    await assertRefused(
      world,
      () => world.create('security-group-rule', { ...spec, cidrIpv4: '10.0.0.0/8' }),
      refusal,
    );
    await assertRefused(world, () => world.update('prefix-list', list.id, { maxEntries: 60 }), refusal);
    await assertRefused(world, () => world.remove('prefix-list', list.id), {
      code: 'in-use',
      field: 'id',
      value: list.id,
    });
    await world.remove('security-group-rule', rule.id);
    await world.remove('prefix-list', list.id);
  });

  it('is where routes lead, behind a route to the network itself', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const list = await world.create('prefix-list', {
      name: 'office',
      maxEntries: 5,
      entries: entries('192.0.2.0/24', '198.51.100.0/24', '10.0.0.0/16'),
    });
    const table = vpc.spec.mainRouteTableId;
    const routes = [
      { destination: list.id, target: gateway.id },
      { destination: '192.0.2.0/24', target: 'blackhole' },
    ];
    await world.update('route-table', table, { routes });
    const flows = () =>
      fragment(world, 'route-table.routes', table)?.flows.map((flow) => flow.replace(/.*metadata=0x1,/, ''));
    const [local, ...others] = flows() ?? [];
    assert.match(local ?? '', /^nw_dst=10\.0\.0\.0\/16 .*goto_table:route-local$/, 'the local route stays');
    assert.deepEqual(
      others.map((flow) => flow.replace(/,set.*/, '')),
      ['nw_dst=192.0.2.0/24 actions=drop', 'nw_dst=198.51.100.0/24 actions=dec_ttl'],
    );
    await world.update('prefix-list', list.id, { entries: [] });
    assert.equal(flows()?.length, 2);
  });

  it('is for one kind of IP, for good', async () => {
    await using world = await World.create();
    const create = (family: string | undefined, cidr: string) =>
      world.create('prefix-list', {
        name: 'office',
        maxEntries: 2,
        ...(family ? { addressFamily: family } : {}),
        entries: entries(cidr),
      });
    const six = await create('ipv6', '2001:DB8:0::/48');
    assert.deepEqual(six.spec.entries, entries('2001:db8::/48'), 'in the one form of RFC 5952');
    for (const [family, cidr] of [
      ['ipv6', '192.0.2.0/24'],
      ['ipv4', '2001:db8::/48'],
      [undefined, '2001:db8::/48'],
    ] as const) {
      const refusal = { code: 'invalid-value', field: 'spec.entries[0].cidr', value: cidr } as const;
      await assertRefused(world, () => create(family, cidr), refusal);
    }
    const twice = entries('2001:db8::/48', '2001:DB8::/48');
    await assertRefused(world, () => world.update('prefix-list', six.id, { entries: twice }), {
      code: 'already-exists',
      field: 'spec.entries[1].cidr',
      value: '2001:db8::/48',
    });
  });

  it('of IPv6 is what rules match, but those of a protocol that IPv6 does not have', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    await world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:0:0:100::/56' });
    const list = await world.create('prefix-list', {
      name: 'office',
      maxEntries: 5,
      addressFamily: 'ipv6',
      entries: entries('2001:db8::/48'),
    });
    const spec = { groupId: vpc.spec.defaultSecurityGroupId, direction: 'ingress', prefixListId: list.id };
    await assertRefused(world, () => world.create('security-group-rule', { ...spec, protocol: 'icmp' }), {
      code: 'invalid-value',
      field: 'spec.protocol',
      value: 'icmp',
    });
    const rule = await world.create('security-group-rule', { ...spec, protocol: 'tcp' });
    const flows = () =>
      world
        .get('security-group-rule', rule.id)
        .status.matchIds.flatMap((id) => fragment(world, 'rule.match', id)?.flows);
    const of = (match: string, part: string) =>
      `table=ingress-rules, priority=100,ct_state=-inv+trk,${match}ipv6,metadata=0x1 actions=conjunction(4,${part})`;
    const service = of('ct_nw_proto=6,', '2/3');
    assert.deepEqual(flows(), [of('ct_ipv6_src=2001:db8::/48,', '3/3'), service]);
    await world.update('prefix-list', list.id, { entries: [] });
    await world.update('prefix-list', list.id, { entries: entries('::/0') });
    assert.deepEqual(flows(), [of('', '3/3'), service]);
  });

  it('of IPv6 is where routes lead, by what IPv6 may go through', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await dualStackCloud(world);
    const block = vpc.spec.ipv6CidrBlock as string;
    const list = (addressFamily: string, ...cidrs: string[]) =>
      world.create('prefix-list', { name: 'x', maxEntries: 5, addressFamily, entries: entries(...cidrs) });
    const six = await list('ipv6', '2001:db9::/48', block);
    const four = await list('ipv4', '192.0.2.0/24');
    const table = vpc.spec.mainRouteTableId;
    const lead = (destination: string, target: string) =>
      world.update('route-table', table, { routes: [{ destination, target }] });
    await lead(six.id, gateway.id);
    const flows = fragment(world, 'route-table.routes', table)?.flows ?? [];
    const stages = flows.filter((flow) => flow.includes('2001:db9::/48')).map((flow) => flow.split(',')[0]);
    assert.deepEqual(stages, ['table=route', 'table=public-check', 'table=public-check']);
    assert.equal(
      flows.filter((flow) => flow.includes(`ipv6_dst=${block}`)).length,
      1,
      'the local route stays',
    );
    const outward = await world.create('egress-only-internet-gateway', { vpcId: vpc.id });
    const refusal = { code: 'invalid-value', field: 'spec.routes[0].target' } as const;
    await assertRefused(world, () => lead(four.id, outward.id), { ...refusal, value: outward.id });
    await lead(six.id, outward.id);
  });
});
