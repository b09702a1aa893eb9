import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm } from './support/cloud.ts';

/** Two subnets with a VM each, on two hosts, and a third subnet with a VM that may route between them. */
describe('what an interface may send and receive besides its own address', () => {
  let cloud: Cloud;
  let vpc: ResourceOf<'vpc'>;
  let left: CloudVm;
  let right: CloudVm;
  let router: CloudVm;

  before(async () => {
    cloud = await Cloud.start();
    vpc = await cloud.vpc();
    const groups = [await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0'])];
    left = await cloud.vm(cloud.host(0), await cloud.subnet(vpc.id, '10.0.1.0/24'), { groups });
    right = await cloud.vm(cloud.host(1), await cloud.subnet(vpc.id, '10.0.2.0/24'), { groups });
    router = await cloud.vm(cloud.host(1), await cloud.subnet(vpc.id, '10.0.3.0/24'), { groups });
  });
  after(() => cloud[Symbol.asyncDispose]());

  const change = (vm: CloudVm, spec: Record<string, unknown>) =>
    cloud.applied(
      cloud.client.update('network-interface', vm.networkInterface.id, { spec }, { waitSeconds: 10 }),
    );
  const ping = (from: CloudVm, to: string) => from.ping(to, { count: 2, timeout: 0.7 });
  const reaches = async (from: CloudVm, to: string) => (await ping(from, to)).received === 2;

  /**
   * From which of its addresses a machine gets packets through. The answers may go nowhere, so that it is seen by what
   * arrives; a last packet from the own address, which always passes, tells that those before it would have come, too.
   */
  async function passing(from: CloudVm, to: CloudVm, ...sources: string[]): Promise<string[]> {
    const arrivals = await to.spawn('tcpdump', ['-n', '-l', '--immediate-mode', '-i', 'eth0', 'icmp']);
    await arrivals.waitForLine((line) => line.startsWith('listening on'));
    for (const source of [...sources, from.address]) {
      await from.exec('ping', ['-n', '-c', '1', '-W', '0.4', '-I', source, to.address]);
    }
    await arrivals.waitForLine((line) => line.includes(`IP ${from.address} > `));
    await arrivals.stop();
    return sources.filter((source) => arrivals.logs.some((line) => line.includes(`IP ${source} > `)));
  }

  it('a secondary address is reached and may be sent from, until it is taken away', async () => {
    const { spec } = await change(right, { secondaryPrivateAddressCount: 1 });
    const [secondary = ''] = spec.secondaryPrivateAddresses ?? [];
    assert.equal(await reaches(left, secondary), false, 'the machine does not have it yet');
    await right.run('ip', ['address', 'add', `${secondary}/24`, 'dev', 'eth0']);
    assert.equal(await reaches(left, secondary), true);
    assert.deepEqual(await passing(right, left, secondary), [secondary]);
    await change(right, { secondaryPrivateAddresses: [] });
    assert.equal(await reaches(left, secondary), false);
    assert.deepEqual(await passing(right, left, secondary), []);
    assert.equal(await reaches(left, right.address), true, 'its own address stays');
    await right.run('ip', ['address', 'del', `${secondary}/24`, 'dev', 'eth0']);
  });

  it('every address of a prefix is reached and may be sent from, and none beside it', async () => {
    const [inside, last, beside] = ['10.0.2.37', '10.0.2.47', '10.0.2.48'];
    for (const address of [inside, last, beside]) {
      await right.run('ip', ['address', 'add', `${address}/32`, 'dev', 'eth0']);
    }
    assert.deepEqual(await passing(right, left, inside, last, beside), []);
    await change(right, { ipv4Prefixes: ['10.0.2.32/28'] });
    for (const address of [inside, last]) assert.equal(await reaches(left, address), true, address);
    assert.equal(await reaches(left, beside), false);
    assert.deepEqual(await passing(right, left, inside, last, beside), [inside, last]);
    await change(right, { ipv4Prefixes: [] });
    assert.equal(await reaches(left, inside), false);
    assert.deepEqual(await passing(right, left, inside, last), []);
    for (const address of [inside, last, beside]) {
      await right.run('ip', ['address', 'del', `${address}/32`, 'dev', 'eth0']);
    }
  });

  it('an allowed address pair passes, another address does not', async () => {
    const [allowed, other] = ['192.0.2.10', '192.0.2.20'];
    for (const address of [allowed, other]) {
      await right.run('ip', ['address', 'add', `${address}/32`, 'dev', 'eth0']);
    }
    assert.deepEqual(await passing(right, left, allowed, other), []);
    await change(right, { allowedAddressPairs: [{ cidrBlock: `${allowed}/32` }] });
    assert.deepEqual(await passing(right, left, allowed, other), [allowed]);
    await change(right, { allowedAddressPairs: [] });
    assert.deepEqual(await passing(right, left, allowed, other), []);
  });

  it('a router forwards between subnets while its check is off, and not while it is on', async () => {
    for (const [vm, destination] of [
      [left, '10.0.2.0/24'],
      [right, '10.0.1.0/24'],
    ] as const) {
      const routes = [{ destination, target: router.networkInterface.id }];
      const table = await cloud.client.create('route-table', { spec: { vpcId: vpc.id, routes } });
      await cloud.applied(
        cloud.client.update(
          'subnet',
          vm.networkInterface.spec.subnetId,
          { spec: { routeTableId: table.id } },
          { waitSeconds: 10 },
        ),
      );
    }
    // It sends back by the way by which packets came, and is not to say that there is a shorter one.
    const settings = ['ip_forward=1', 'conf.all.send_redirects=0', 'conf.eth0.send_redirects=0'];
    await router.run('sysctl', ['-q', '-w', ...settings.map((setting) => `net.ipv4.${setting}`)]);
    assert.equal(await reaches(left, right.address), false, 'the check is on');
    await change(router, { sourceDestinationCheck: false });
    const through = await ping(left, right.address);
    assert.equal(through.received, 2, through.output);
    // Two routers of the VPC and the VM between them take one each.
    assert.match(through.output, /ttl=61 /);
    await using listener = new AsyncDisposableStack();
    listener.adopt(await left.tcpListen(80), (server) => server.close());
    const connection = await right.tcpConnect(left.address, 80);
    assert.match(connection.answer, new RegExp(left.namespace));
    await router.run('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=0']);
    assert.equal(await reaches(left, right.address), false, 'the VM itself does not forward');
    await router.run('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
    assert.equal(await reaches(left, right.address), true);
    assert.deepEqual(await passing(right, left, '192.0.2.20'), [], "the router's switch is its own");
    await change(router, { sourceDestinationCheck: true });
    assert.equal(await reaches(left, right.address), false, 'the check is on again');
    assert.equal(await reaches(left, router.address), true, 'its own address answers all the same');
  });

  it("a rule that names the router's group lets in what is from the router, not what it passes on", async () => {
    const foreign = '192.0.2.20';
    const firewall = await cloud.group(vpc.id, 'firewall', ['all from 0.0.0.0/0']);
    const members = await cloud.group(vpc.id, 'members');
    const served = await cloud.group(vpc.id, 'served', [
      `icmp from ${firewall.id}`,
      `icmp from ${members.id}`,
    ]);
    await router.run('ip', ['address', 'add', `${foreign}/32`, 'dev', 'eth0']);
    await change(router, { securityGroupIds: [firewall.id], sourceDestinationCheck: false });
    // One on the host of the router, one behind the tunnel.
    for (const vm of [left, right]) {
      await change(vm, { securityGroupIds: [served.id] });
      assert.deepEqual(await passing(router, vm, foreign), []);
    }
    await change(router, {
      sourceDestinationCheck: true,
      allowedAddressPairs: [{ cidrBlock: `${foreign}/32` }],
    });
    for (const vm of [left, right]) assert.deepEqual(await passing(router, vm, foreign), []);
    await change(router, { sourceDestinationCheck: false, allowedAddressPairs: [] });

    await change(left, { securityGroupIds: [members.id] });
    assert.equal(await reaches(left, right.address), false, 'a member, but by way of the router');
    await cloud.rule(served.id, 'icmp from 10.0.1.0/24');
    assert.equal(await reaches(left, right.address), true, 'its address counts');
    await cloud.rule(served.id, 'icmp from 192.0.2.0/24');
    assert.deepEqual(await passing(router, right, foreign), [foreign]);
  });
});
