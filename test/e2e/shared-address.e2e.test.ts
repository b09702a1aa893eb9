import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { advertisement } from '../../controller/features/network-interface/announcement.ts';
import { parseIpv6Address } from '../../controller/resources/index.ts';
import { Cloud, eventually } from './support/cloud.ts';
import { sendFrames } from './support/frames.ts';
import { type Ipv6Vm, ipv6Vm } from './support/ipv6.ts';

const shared = '10.0.0.100';
const shared6 = 'fd00:1:2:300::100';
const virtualMac = '00:00:5e:00:01:07';

/** Two machines on two hosts that may share addresses, and one that may not. */
describe('an address that machines share', () => {
  let cloud: Cloud;
  let subnet: ResourceOf<'subnet'>;
  let one: Ipv6Vm;
  let two: Ipv6Vm;
  let other: Ipv6Vm;
  const arpings: Promise<unknown>[] = [];

  const pairs = (vm: Ipv6Vm, allowedAddressPairs: readonly object[]) =>
    cloud.applied(
      cloud.client.update(
        'network-interface',
        vm.networkInterface.id,
        { spec: { allowedAddressPairs } },
        { waitSeconds: 10 },
      ),
    );
  const holder = async (address: string) =>
    (await cloud.client.list('held-address', { filter: { 'spec.address': address } })).items[0]?.spec
      .networkInterfaceId;
  const has = (vm: Ipv6Vm, address: string) => async () => (await holder(address)) === vm.networkInterface.id;
  const address = (vm: Ipv6Vm, verb: 'add' | 'del', text: string, device = 'eth0') =>
    vm.run('ip', ['address', verb, text, 'dev', device, ...(text.includes(':') ? ['nodad'] : [])]);
  /** Sends at once; arping itself ends a second later, which nobody waits for. */
  const announce = (vm: Ipv6Vm, kind: '-U' | '-A', device = 'eth0') => {
    arpings.push(vm.exec('arping', [kind, '-c', '1', '-I', device, '-s', shared, shared]));
  };
  /** Who answers at an address: the name of its namespace. */
  const answering = async (from: Ipv6Vm, to: string) => {
    const { connected, answer } = await from.tcpConnect(to, 80, { timeoutMs: 500 });
    return connected ? answer : undefined;
  };
  const isAnswering = (from: Ipv6Vm, vm: Ipv6Vm, to: string) => async () =>
    (await answering(from, to))?.includes(vm.namespace) === true;

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.client.create('vpc', {
      spec: { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: 'fd00:1:2:300::/56' },
    });
    const blocks = { cidrBlock: '10.0.0.0/24', ipv6CidrBlock: 'fd00:1:2:300::/64' };
    subnet = await cloud.client.create('subnet', { spec: { vpcId: vpc.id, ...blocks } });
    const machine = (host: 0 | 1) => ipv6Vm(cloud, cloud.host(host), subnet);
    [one, two, other] = await Promise.all([machine(0), machine(1), machine(1)]);
    for (const vm of [one, two, other]) {
      await vm.dhcp();
      await vm.tcpListen(80);
    }
    for (const vm of [one, two]) {
      await pairs(vm, [
        { cidrBlock: shared },
        { cidrBlock: shared, macAddress: virtualMac },
        { cidrBlock: shared6 },
      ]);
    }
  });
  after(async () => {
    await Promise.all(arpings);
    await cloud[Symbol.asyncDispose]();
  });

  it('is received by the one that announces it, and moves within a second', async () => {
    await address(one, 'add', `${shared}/24`);
    assert.equal(await answering(other, shared), undefined, 'not announced yet');
    announce(one, '-U');
    await eventually('one has it', has(one, shared));
    await eventually('one answers', isAnswering(other, one, shared));
    await address(two, 'add', `${shared}/24`);
    assert.equal(await isAnswering(other, one, shared)(), true, 'as long as the other one is silent');
    const start = performance.now();
    announce(two, '-A');
    await eventually('two answers', isAnswering(other, two, shared), 2000);
    const took = performance.now() - start;
    assert.ok(took < 1000, `${took} ms`);
    assert.equal((await other.ping(shared, { count: 2, timeout: 0.7 })).received, 2);
    const outward = await two.exec('ping', ['-n', '-c', '1', '-W', '1', '-I', shared, other.address]);
    assert.equal(outward.code, 0, 'and it may be sent from');
  });

  it('is not taken by one without the pair', async () => {
    await address(other, 'add', `${shared}/24`);
    for (const kind of ['-U', '-A'] as const) announce(other, kind);
    await Promise.all(arpings);
    assert.equal(await has(two, shared)(), true, 'it had a second');
    announce(one, '-U');
    await eventually('what came later is known', has(one, shared));
    await address(other, 'del', `${shared}/24`);
    assert.equal(await isAnswering(other, one, shared)(), true);
  });

  it('may have a MAC that moves with it', async () => {
    for (const vm of [one, two]) {
      await address(vm, 'del', `${shared}/24`);
      await vm.run('ip', [
        'link',
        'add',
        'link',
        'eth0',
        'name',
        'vrrp7',
        'address',
        virtualMac,
        'type',
        'macvlan',
      ]);
      await vm.run('ip', ['link', 'set', 'vrrp7', 'up']);
      await address(vm, 'add', `${shared}/32`, 'vrrp7');
    }
    for (const vm of [one, two]) {
      announce(vm, '-A', 'vrrp7');
      await eventually('it answers', isAnswering(other, vm, shared));
      const asked = await other.run('arping', ['-c', '1', '-I', 'eth0', shared]);
      assert.match(asked, /\[00:00:5E:00:01:07\]/i);
    }
  });

  it('may be an IPv6 address', async () => {
    for (const vm of [one, two]) {
      await address(vm, 'add', `${shared6}/64`);
      const mac = BigInt(`0x${vm.networkInterface.spec.macAddress.replaceAll(':', '')}`);
      const { data } = advertisement(1, mac, parseIpv6Address(shared6, 'address'));
      await sendFrames(vm, [Buffer.from(data ?? []).toString('hex')]);
      await eventually('it answers', isAnswering(other, vm, shared6));
    }
    assert.equal(await has(two, shared6)(), true);
  });

  it('is nobody’s when the port of its holder is gone, or the pair', async () => {
    await pairs(two, []);
    assert.equal(await holder(shared6), undefined);
    assert.equal(await answering(other, shared6), undefined);
    announce(one, '-A', 'vrrp7');
    await eventually('one has it', has(one, shared));
    await one.host.vsctl('del-port', one.port);
    await eventually('it is free', async () => (await holder(shared)) === undefined);
    assert.equal(await answering(other, shared), undefined);
  });
});
