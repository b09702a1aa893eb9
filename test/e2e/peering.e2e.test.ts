import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

interface Side {
  readonly vpc: ResourceOf<'vpc'>;
  readonly group: ResourceOf<'security-group'>;
  readonly vm: CloudVm;
}

/** Three VPCs in a row, red – blue – green, the middle one on another host than those at the ends. */
describe('peering connections and prefix lists', () => {
  let cloud: Cloud;
  let red: Side;
  let blue: Side;
  let green: Side;
  let redBlue: ResourceOf<'vpc-peering-connection'>;
  let blueGreen: ResourceOf<'vpc-peering-connection'>;
  const resources = new AsyncDisposableStack();

  async function side(name: string, second: number, hostIndex: number): Promise<Side> {
    const vpc = await cloud.vpc(`10.${second}.0.0/16`);
    const group = await cloud.group(vpc.id, name, ['icmp from 10.0.0.0/8']);
    const subnet = await cloud.subnet(vpc.id, `10.${second}.1.0/24`);
    return { vpc, group, vm: await cloud.vm(cloud.host(hostIndex), subnet, { groups: [group] }) };
  }
  before(async () => {
    cloud = await Cloud.start();
    red = await side('red', 1, 0);
    blue = await side('blue', 2, 1);
    green = await side('green', 3, 0);
    redBlue = await connect(red, blue);
    blueGreen = await connect(blue, green);
    resources.adopt(await blue.vm.tcpListen(80), (listener) => listener.close());
  });
  after(async () => {
    await resources.disposeAsync();
    await cloud[Symbol.asyncDispose]();
  });

  const connect = (one: Side, other: Side) =>
    cloud.client.create('vpc-peering-connection', {
      spec: { requesterVpcId: one.vpc.id, accepterVpcId: other.vpc.id },
    });
  const accept = ({ id }: { id: string }) =>
    cloud.applied(
      cloud.client.update('vpc-peering-connection', id, { spec: { state: 'active' } }, { waitSeconds: 10 }),
    );
  /** Sets the routes of a side, each a destination and its connection. */
  const route = ({ vpc }: Side, ...routes: (readonly [string, { readonly id: string }])[]) =>
    cloud.applied(
      cloud.client.update(
        'route-table',
        vpc.spec.mainRouteTableId,
        { spec: { routes: routes.map(([destination, { id }]) => ({ destination, target: id })) } },
        { waitSeconds: 10 },
      ),
    );
  const setEntries = (list: { readonly id: string }, ...cidrs: string[]) =>
    cloud.applied(
      cloud.client.update(
        'prefix-list',
        list.id,
        { spec: { entries: cidrs.map((cidr) => ({ cidr })) } },
        { waitSeconds: 10 },
      ),
    );
  const prefixList = (name: string, ...cidrs: string[]) =>
    cloud.client.create('prefix-list', {
      spec: { name, maxEntries: 5, entries: cidrs.map((cidr) => ({ cidr })) },
    });
  const pings = async (from: Side, to: Side) =>
    (await from.vm.ping(to.vm.address, { count: 1, timeout: 0.7 })).received === 1;
  const opens80 = async (from: Side, to: Side) =>
    (await from.vm.tcpConnect(to.vm.address, 80, { timeoutMs: 700 })).connected;

  it('lead across when they are accepted and both sides have routes', async () => {
    await route(red, [blue.vpc.spec.cidrBlock, redBlue]);
    await route(blue, [red.vpc.spec.cidrBlock, redBlue]);
    assert.equal(await pings(red, blue), false, 'not accepted yet');
    await accept(redBlue);
    assert.deepEqual(await Promise.all([pings(red, blue), pings(blue, red)]), [true, true]);
    await route(blue);
    assert.equal(await pings(red, blue), false, 'no way back');
    await route(blue, [red.vpc.spec.cidrBlock, redBlue], [green.vpc.spec.cidrBlock, blueGreen]);
    assert.equal(await pings(red, blue), true);
  });

  it('a group of the other side as source', async () => {
    assert.equal(await opens80(red, blue), false);
    const rule = await cloud.rule(blue.group.id, `tcp:80 from ${red.group.id}`);
    const answer = await red.vm.tcpConnect(blue.vm.address, 80);
    assert.match(answer.answer, new RegExp(blue.vm.namespace));
    const stranger = await cloud.client.create('security-group', {
      spec: { vpcId: red.vpc.id, name: 'stranger' },
    });
    const join = (...securityGroupIds: string[]) =>
      cloud.applied(
        cloud.client.update(
          'network-interface',
          red.vm.networkInterface.id,
          { spec: { securityGroupIds } },
          { waitSeconds: 10 },
        ),
      );
    await join(stranger.id);
    assert.equal(await opens80(red, blue), false, 'a member no longer');
    await join(red.group.id);
    assert.equal(await opens80(red, blue), true);
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
    assert.equal(await opens80(red, blue), false, 'the rule is gone');
  });

  it('lead no further than to the next VPC', async () => {
    await accept(blueGreen);
    await route(red, ['10.0.0.0/8', redBlue]);
    await route(green, ['10.0.0.0/8', blueGreen]);
    assert.deepEqual(await Promise.all([pings(red, blue), pings(blue, green)]), [true, true]);
    assert.deepEqual(await Promise.all([pings(red, green), pings(green, red)]), [false, false]);
  });

  it('a second block is of the VPC, and known to its peers, until it goes', async () => {
    const give = (...secondaryCidrBlocks: string[]) =>
      cloud.applied(
        cloud.client.update('vpc', blue.vpc.id, { spec: { secondaryCidrBlocks } }, { waitSeconds: 10 }),
      );
    await assert.rejects(give('10.2.1.0/24'), { code: 'overlap' });
    const block = '100.64.0.0/16';
    await give(block);
    const subnet = await cloud.subnet(blue.vpc.id, '100.64.1.0/24');
    const vm = await cloud.vm(cloud.host(0), subnet, { groups: [blue.group] });
    const second = { ...blue, vm };
    assert.deepEqual(
      await Promise.all([pings(blue, second), pings(red, second)]),
      [true, false],
      'red has no route there',
    );
    await route(red, ['10.0.0.0/8', redBlue], [block, redBlue]);
    assert.deepEqual(await Promise.all([pings(red, second), pings(green, second)]), [true, false]);
    await assert.rejects(give(), { code: 'in-use' });
    await vm.close();
    await cloud.client.remove('network-interface', vm.networkInterface.id);
    await cloud.client.remove('subnet', subnet.id);
    await give();
  });

  it('a prefix list in a route follows its entries', async () => {
    const list = await prefixList('destinations');
    await route(red, [list.id, redBlue]);
    assert.equal(await pings(red, blue), false, 'the list is empty');
    await setEntries(list, '10.99.0.0/16', blue.vpc.spec.cidrBlock);
    assert.equal(await pings(red, blue), true);
    await setEntries(list, '10.99.0.0/16');
    assert.equal(await pings(red, blue), false);
    await setEntries(list, `${blue.vm.address}/32`);
    assert.equal(await pings(red, blue), true);
  });

  it('a prefix list in a rule follows its entries, also for an open connection', async () => {
    const list = await prefixList('sources', green.vpc.spec.cidrBlock);
    await cloud.rule(blue.group.id, `tcp:80 from ${list.id}`);
    assert.deepEqual(await Promise.all([opens80(red, blue), opens80(green, blue)]), [false, true]);
    await setEntries(list, `${red.vm.address}/32`);
    assert.deepEqual(await Promise.all([opens80(red, blue), opens80(green, blue)]), [true, false]);
    const connection = await red.vm.tcpOpen(blue.vm.address, 80, { timeoutMs: 700 });
    assert.ok((await connection.exchange('before')).connected);
    await setEntries(list);
    assert.equal((await connection.exchange('after')).connected, false);
    await connection.close();
    await setEntries(list, '10.0.0.0/8');
    assert.deepEqual(await Promise.all([opens80(red, blue), opens80(green, blue)]), [true, true]);
  });

  /** Gives a side IPv6, its VM with the address of its interface, and a route to the block of another side. */
  async function giveIpv6({ vpc, vm, group }: Side, block: string, other: string): Promise<string> {
    const change = (
      kind: 'vpc' | 'subnet' | 'network-interface' | 'route-table',
      id: string,
      spec: Record<string, unknown>,
    ) => cloud.applied(cloud.client.update(kind, id, { spec }, { waitSeconds: 10 }));
    await cloud.rule(group.id, 'all to ::/0');
    await change('vpc', vpc.id, { ipv6CidrBlock: `${block}::/56` });
    const { id, spec } = vm.networkInterface;
    await change('subnet', spec.subnetId, { ipv6CidrBlock: `${block}::/64` });
    await change('network-interface', id, { ipv6Addresses: [`${block}::10`] });
    const { routes } = (await cloud.client.get('route-table', vpc.spec.mainRouteTableId)).spec;
    const more = { destinationIpv6: `${other}::/56`, target: redBlue.id };
    await change('route-table', vpc.spec.mainRouteTableId, { routes: [...routes, more] });
    const settings = ['all', 'eth0'].map((where) => `net.ipv6.conf.${where}.disable_ipv6=0`);
    await vm.run('sysctl', ['-q', '-w', ...settings]);
    await vm.run('ip', ['-6', 'address', 'add', `${block}::10/64`, 'dev', 'eth0', 'nodad']);
    const hasRoute = async () =>
      (await vm.run('ip', ['-6', 'route', 'show', 'default'])).includes('proto ra');
    await eventually('a default route by router advertisement', hasRoute);
    return `${block}::10`;
  }

  it('carry IPv6 as well, with groups and prefix lists', async () => {
    const [redBlock, blueBlock] = ['fd00:1:2:300', 'fd00:1:2:400'];
    await giveIpv6(red, redBlock, blueBlock);
    const address = await giveIpv6(blue, blueBlock, redBlock);
    const opens = async () => (await red.vm.tcpConnect(address, 80, { timeoutMs: 700 })).connected;
    assert.equal(await opens(), false, 'no rule');
    const byGroup = await cloud.rule(blue.group.id, `tcp:80 from ${red.group.id}`);
    assert.equal(await opens(), true);
    await cloud.applied(cloud.client.remove('security-group-rule', byGroup.id, { waitSeconds: 10 }));
    assert.equal(await opens(), false);
    const list = await cloud.client.create('prefix-list', {
      spec: { name: 'six', maxEntries: 5, addressFamily: 'ipv6' },
    });
    await cloud.rule(blue.group.id, `tcp:80 from ${list.id}`);
    assert.equal(await opens(), false, 'the list is empty');
    await setEntries(list, `${redBlock}::/56`);
    assert.equal(await opens(), true);
    await setEntries(list, `${redBlock}::11/128`);
    assert.equal(await opens(), false);
  });

  it('nothing passes any more when they are deleted, and what others join goes on', async () => {
    const connection = await red.vm.tcpOpen(blue.vm.address, 80, { timeoutMs: 700 });
    assert.ok((await connection.exchange('before')).connected);
    await cloud.applied(cloud.client.remove('vpc-peering-connection', redBlue.id, { waitSeconds: 10 }));
    assert.equal((await connection.exchange('after')).connected, false);
    await connection.close();
    assert.deepEqual(await Promise.all([pings(red, blue), pings(blue, red)]), [false, false]);
    assert.deepEqual(await Promise.all([pings(blue, green), opens80(green, blue)]), [true, true]);
  });
});
