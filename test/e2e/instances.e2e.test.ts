import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import type { CommandResult, Host, Outsider } from '@weft/labs/hosts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

type Instance = ResourceOf<'instance'>;

/** Two instances, one a host, and an interface with an elastic IP that goes from one to the other. */
describe('instances with several interfaces, that stop and start', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let peer: CloudVm;
  let vpc: ResourceOf<'vpc'>;
  let back: ResourceOf<'subnet'>;
  let group: ResourceOf<'security-group'>;
  let left: Instance;
  let right: Instance;
  let moving: ResourceOf<'network-interface'>;
  let publicAddress: string;

  before(async () => {
    cloud = await Cloud.start({ external: true });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    vpc = await cloud.publicVpc((await cloud.externalNetwork()).id);
    const front = await cloud.subnet(vpc.id, '10.0.1.0/24');
    back = await cloud.subnet(vpc.id, '10.0.2.0/24');
    group = await cloud.group(vpc.id, 'open', ['icmp from 0.0.0.0/0']);
    peer = await cloud.vm(cloud.host(1), front, { groups: [group] });
    const userData = Buffer.from('#!/bin/sh\necho hello\n').toString('base64');
    const run = (host: number) =>
      cloud.client.create('instance', {
        spec: {
          hostId: cloud.host(host).name,
          subnetId: front.id,
          securityGroupIds: [group.id],
          userData,
        },
      });
    [left, right] = await Promise.all([run(0), run(1)]);
    moving = await cloud.client.create('network-interface', {
      spec: { subnetId: back.id, securityGroupIds: [group.id] },
    });
    const elasticIp = await cloud.client.create('elastic-ip', { spec: { networkInterfaceId: moving.id } });
    publicAddress = elasticIp.spec.address;
    await Promise.all([state(left, 'running'), state(right, 'running')]);
  });
  after(() => cloud[Symbol.asyncDispose]());

  const state = (instance: Instance, wanted: string) =>
    eventually(
      `${instance.id} is ${wanted}`,
      async () => (await cloud.client.get('instance', instance.id)).status.state === wanted,
      20_000,
    );
  const set = (instance: Instance, desiredState: 'running' | 'stopped') =>
    cloud.client.update('instance', instance.id, { spec: { desiredState } });
  const attach = (instanceId: string | null, deviceIndex?: number) =>
    cloud.client.update('network-interface', moving.id, {
      spec: { instanceId, ...(deviceIndex === undefined ? {} : { deviceIndex }) },
    });
  const namespace = ({ id }: Instance) => `/run/netns/weft-${id}`;
  const within = (instance: Instance, ...command: string[]): Promise<CommandResult> => {
    const host: Host = cloud.host(instance === left ? 0 : 1);
    return host.exec('nsenter', [`--net=${namespace(instance)}`, '--', ...command]);
  };
  /** Name and MAC of each device of an instance. */
  const devices = async (instance: Instance) =>
    [...(await within(instance, 'ip', '-o', 'link')).stdout.matchAll(/ (eth\d+)@.* link\/ether (\S+)/g)].map(
      ([, name, mac]) => `${name} ${mac}`,
    );
  const answers = async (from: CloudVm | Outsider, address: string) =>
    (await from.ping(address, { count: 1, timeout: 0.5 })).received === 1;
  const reachable = (address: string, from: CloudVm | Outsider = peer) =>
    eventually(`${address} answers`, () => answers(from, address), 20_000);
  const silent = (address: string) =>
    eventually(`${address} is silent`, async () => !(await answers(peer, address)));
  const primaryAddress = async ({ spec }: Instance) =>
    (await cloud.client.get('network-interface', spec.networkInterfaceIds[0] ?? '')).spec.privateAddress;

  it('an interface is plugged into a running instance, and has its address by DHCP', async () => {
    const before = await devices(left);
    await attach(left.id);
    const { privateAddress, macAddress } = moving.spec;
    await reachable(privateAddress);
    await reachable(publicAddress, outside);
    assert.deepEqual(await devices(left), [...before, `eth1 ${macAddress}`]);
    assert.equal(await answers(peer, await primaryAddress(left)), true, 'the first one goes on');
    const out = await within(left, 'ping', '-c1', '-W1', '-I', 'eth1', peer.address);
    assert.equal(out.code, 0, out.stdout);
    const { spec } = await cloud.client.get('instance', left.id);
    assert.equal(spec.networkInterfaceIds[1], moving.id);
  });

  it('moves to an instance on another host with its MAC, its address and its elastic IP', async () => {
    await assert.rejects(attach(right.id), { code: 'in-use' });
    await attach(null);
    await attach(right.id, 3);
    const { privateAddress, macAddress } = moving.spec;
    await eventually('the device is there', async () =>
      (await devices(right)).includes(`eth3 ${macAddress}`),
    );
    await eventually('it is gone there', async () => (await devices(left)).length === 1);
    await reachable(privateAddress);
    await reachable(publicAddress, outside);
    const bindings = await cloud.client.listAll('binding', { 'spec.networkInterfaceId': moving.id });
    assert.deepEqual(
      bindings.items.map(({ spec }) => spec.hostId),
      [cloud.host(1).name],
    );
  });

  it('a reboot ends what ran in an instance, and brings back the rest', async () => {
    const address = await primaryAddress(right);
    const before = (await cloud.client.get('instance', right.id)).spec.launchedAt;
    const program = within(right, 'sh', '-c', 'trap "exit 9" TERM; while :; do sleep 0.1; done');
    await eventually('it runs, and a sleep in it', async () => {
      const { stdout } = await cloud.host(1).exec('ip', ['netns', 'pids', `weft-${right.id}`]);
      return stdout.trim().split('\n').length > 1;
    });
    await cloud.client.update('instance', right.id, { spec: { reboot: true } });
    await eventually('it is rebooted', async () => {
      const { spec, status } = await cloud.client.get('instance', right.id);
      assert.deepEqual([spec.launchedAt, status.state], [before, 'running']);
      return status.reboots === 1;
    });
    assert.equal((await program).code, 9, 'what ran has ended');
    await Promise.all([reachable(address), reachable(moving.spec.privateAddress)]);
  });

  it('a stopped instance is gone from its host, and comes back with everything', async () => {
    const primary = await primaryAddress(right);
    await set(right, 'stopped');
    await state(right, 'stopped');
    assert.equal(existsSync(namespace(right)), false);
    await Promise.all([silent(primary), silent(moving.spec.privateAddress)]);
    const { items } = await cloud.client.listAll('binding', { 'spec.networkInterfaceId': moving.id });
    assert.deepEqual(items, []);
    await assert.rejects(attach(left.id), { code: 'in-use' });

    const agent = cloud.agents[1];
    await agent?.kill9();
    await agent?.restart();
    const known = async () => (await cloud.client.get('host', cloud.host(1).name)).liveness.agent === 'up';
    await eventually('the agent is back', known);
    assert.equal(existsSync(namespace(right)), false, 'the agent has not started it');
    assert.equal((await cloud.client.get('instance', right.id)).status.state, 'stopped');

    await attach(null);
    await attach(right.id, 1);
    await set(right, 'running');
    await state(right, 'running');
    await Promise.all([reachable(primary), reachable(moving.spec.privateAddress)]);
    await reachable(publicAddress, outside);
    assert.deepEqual(
      (await devices(right)).map((device) => device.split(' ')[0]),
      ['eth0', 'eth1'],
    );
  });

  /** Reads metadata from inside of an instance. */
  const metadata = async (instance: Instance) => {
    const base = 'http://169.254.169.254/latest';
    const ttl = 'X-aws-ec2-metadata-token-ttl-seconds: 60';
    const token = await within(instance, 'curl', '-sf', '-m5', '-X', 'PUT', '-H', ttl, `${base}/api/token`);
    const header = `X-aws-ec2-metadata-token: ${token.stdout}`;
    return async (path: string) =>
      (await within(instance, 'curl', '-sf', '-m5', '-H', header, `${base}/${path}`)).stdout;
  };
  const applied = { waitSeconds: 10 };

  it('user data is what was given', async () => {
    assert.equal(await (await metadata(left))('user-data'), '#!/bin/sh\necho hello\n');
  });

  it('metadata has every interface, each with its own data', async () => {
    const read = await metadata(right);
    const primary = await cloud.client.get('network-interface', right.spec.networkInterfaceIds[0] ?? '');
    const macs = 'meta-data/network/interfaces/macs';
    assert.equal(await read(`${macs}/`), `${primary.spec.macAddress}/\n${moving.spec.macAddress}/`);
    for (const [{ id, spec }, device] of [
      [primary, '0'],
      [moving, '1'],
    ] as const) {
      const own = (name: string) => read(`${macs}/${spec.macAddress}/${name}`);
      assert.deepEqual(
        [
          await own('interface-id'),
          await own('local-ipv4s'),
          await own('subnet-id'),
          await own('device-number'),
        ],
        [id, spec.privateAddress, spec.subnetId, device],
      );
    }
    assert.equal(await read(`${macs}/${moving.spec.macAddress}/public-ipv4s`), publicAddress);
    assert.equal(await read('meta-data/mac'), primary.spec.macAddress);
  });

  it('a running instance gets a public address when one wants it, and gives it back', async () => {
    const [id = ''] = left.spec.networkInterfaceIds;
    const choose = (associatePublicAddress: boolean) =>
      cloud.applied(
        cloud.client.update('network-interface', id, { spec: { associatePublicAddress } }, applied),
      );
    const lent = async () =>
      (await cloud.client.listAll('elastic-ip', { 'spec.networkInterfaceId': id })).items[0]?.spec.address;
    assert.equal(await lent(), undefined);
    await choose(true);
    const address = (await lent()) ?? '';
    await reachable(address, outside);
    assert.equal(await (await metadata(left))('meta-data/public-ipv4'), address);
    await choose(false);
    assert.equal(await lent(), undefined);
    assert.equal(await answers(outside, address), false);
  });

  it('IPv6 addresses come to a running instance and go, as its interface gets and loses them', async () => {
    const [id = ''] = left.spec.networkInterfaceIds;
    const { spec } = await cloud.client.get('network-interface', id);
    await cloud.client.update('vpc', vpc.id, { spec: { ipv6CidrBlock: 'fd00:1::/56' } });
    await cloud.client.update('subnet', spec.subnetId, { spec: { ipv6CidrBlock: 'auto' } });
    const shown = async () => {
      const { stdout } = await within(left, 'ip', '-6', '-oneline', 'address', 'show', 'dev', 'eth0');
      return [...stdout.matchAll(/ inet6 (fd00\S+)\/128 /g)].map(([, address]) => address).sort();
    };
    const give = async (ipv6AddressCount: number) => {
      const changed = await cloud.client.update('network-interface', id, { spec: { ipv6AddressCount } });
      const wanted = [...(changed.spec.ipv6Addresses ?? [])].sort();
      assert.equal(wanted.length, ipv6AddressCount);
      await eventually(`it has ${wanted}`, async () => (await shown()).join() === wanted.join());
    };
    for (const count of [2, 1, 0]) await give(count);
  });

  it('public names stand for private addresses inside, and for a peer that is allowed to know', async () => {
    const name = `ec2-${publicAddress.replaceAll('.', '-')}.compute-1.amazonaws.com`;
    const { privateAddress } = moving.spec;
    const inside = async () => (await within(left, 'dig', '+short', '@10.0.0.2', name)).stdout.trim();
    assert.equal(await inside(), publicAddress, 'the VPC has no public names');
    const named = (id: string, spec: object) =>
      cloud.applied(cloud.client.update('vpc', id, { spec: { ...spec } }, applied));
    await named(vpc.id, { enableDnsHostnames: true });
    assert.equal(await inside(), privateAddress);
    assert.equal(
      await (await metadata(right))(
        `meta-data/network/interfaces/macs/${moving.spec.macAddress}/public-hostname`,
      ),
      name,
    );

    const other = await cloud.vpc('10.9.0.0/16');
    const vm = await cloud.vm(cloud.host(1), await cloud.subnet(other.id, '10.9.0.0/24'));
    const ask = async (question: string) =>
      (await vm.exec('dig', ['+short', '@10.9.0.2', question])).stdout.trim();
    const privateName = `ip-${privateAddress.replaceAll('.', '-')}.ec2.internal`;
    assert.deepEqual([await ask(name), await ask(privateName)], [publicAddress, '']);
    const spec = { requesterVpcId: other.id, accepterVpcId: vpc.id };
    const { id } = await cloud.client.create('vpc-peering-connection', { spec });
    const set = (change: object) =>
      cloud.applied(cloud.client.update('vpc-peering-connection', id, { spec: { ...change } }, applied));
    await set({ state: 'active' });
    await named(other.id, { enableDnsHostnames: true });
    // The services of a host take what they have read for true for half a second.
    const asked = (question: string, answer: string) =>
      eventually(`${question} is ${answer}`, async () => (await ask(question)) === answer);
    await asked(privateName, privateAddress);
    assert.equal(await ask(name), publicAddress, 'not allowed');
    await set({ accepterAllowsDns: true });
    await asked(name, privateAddress);
    await set({ accepterAllowsDns: false });
    await asked(name, publicAddress);
  });
});
