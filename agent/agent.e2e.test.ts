import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { type AgentProgram, createLab, type Host, type Lab } from '@weft/labs/hosts';
import { integrationBridge } from './chassis/tables.ts';
import { eventually } from './testing/eventually.ts';
import { FakeController } from './testing/fake-controller.ts';

const eni = (digit: string) => `eni-${digit.repeat(17)}`;
/** The namespaces of instances have names that count on the whole machine, where this test may run twice. */
const thisRun = randomBytes(8).toString('hex');
const instanceId = (digit: string) => `i-${digit}${thisRun}`;
const mac = '02:57:00:00:00:0a';
const lease =
  '0a.00.00.05.0a.00.00.01.02.57.00.ff.ff.fe.01.04.ff.ff.ff.00.03.04.0a.00.00.01.1a.02.05.a2.33.04.00.00.0e.10';
const dhcpFlow = `udp,udp_src=68,udp_dst=67,actions=controller(reason=action,max_len=65535,id=22342,userdata=01.${lease})`;

describe('agent on a real host, with a controller kept in memory', () => {
  let lab: Lab;
  let host: Host;
  let controller: FakeController;
  let agent: AgentProgram;

  before(async () => {
    controller = await new FakeController().start();
    lab = await createLab({ hosts: 1, externalNetwork: { cidr: '203.0.113.0/24' } });
    [host] = lab.hosts as [Host];
    await lab.relay(Number(new URL(controller.url).port));
    agent = await host.startAgent({ controller: controller.url });
    await host.ofctl('add-flow', integrationBridge, dhcpFlow);
  });
  after(async () => {
    await lab.close();
    await controller.stop();
  });
  const agentLines = () => agent.logs.join('\n');
  const namespaces = () => host.run('ip', ['netns', 'list']);
  /** How many transactions the database file holds. */
  const ports = () => host.vsctl('list-ports', integrationBridge);

  describe('as a host', () => {
    it('has registered what Open vSwitch decided', async () => {
      const spec = controller.hosts.get('h1');
      assert.equal(spec?.tunnelAddress, host.tunnelAddress);
      assert.equal(spec?.zone, host.zone);
      assert.deepEqual(spec?.computeDrivers, ['netns']);
      const column = await host.vsctl('get', 'Bridge', integrationBridge, 'datapath_id');
      assert.equal(spec?.datapathId, column.trim().replaceAll('"', ''));
      assert.match(await host.vsctl('get-controller', integrationBridge), /tcp:127\.0\.0\.1:6653/);
    });

    it('registers again when the controller has forgotten it', async () => {
      controller.hosts.clear();
      await eventually('registered', () => controller.hosts.has('h1'), 10_000);
    });
  });

  describe('with ports of others', () => {
    afterEach(() => Promise.all(host.vms.map((vm) => vm.close())));

    it('reports what appears and what goes', async () => {
      controller.interfaces.set(eni('1'), mac);
      const vm = await host.addVmPort({ interfaceId: eni('1'), mac });
      await eventually('bound', async () => controller.bindings.get(eni('1')) === (await vm.ofport()));
      await vm.close();
      await eventually('unbound', () => !controller.bindings.has(eni('1')));
    });

    it('ignores a second port with the same interface, and says so', async () => {
      const first = await host.addVmPort({ interfaceId: eni('1'), mac, name: 'first' });
      const ofport = await first.ofport();
      await eventually('bound', () => controller.bindings.get(eni('1')) === ofport);
      await host.addVmPort({ interfaceId: eni('1'), mac, name: 'second' });
      await eventually('logged', () => agentLines().includes('has this interface already'));
      assert.equal(controller.bindings.get(eni('1')), ofport);
    });

    it('tells what happened while the controller was away', async () => {
      const gone = await host.addVmPort({ interfaceId: eni('1'), mac });
      await eventually('bound', () => controller.bindings.has(eni('1')));
      await controller.stop();
      controller.interfaces.set(eni('2'), mac);
      await gone.close();
      await host.addVmPort({ interfaceId: eni('2'), mac });
      await controller.start();
      await eventually('all told', () => [...controller.bindings.keys()].join() === eni('2'), 10_000);
    });
  });

  describe('with instances', () => {
    const id = instanceId('a');
    const spec = { hostId: 'h1', networkInterfaceIds: [eni('a')] };
    const state = () => controller.instances.get(id)?.status.state;
    const inside = (command: string) =>
      host.run('nsenter', [`--net=/run/netns/weft-${id}`, '--', ...command.split(' ')]);

    before(() => controller.interfaces.set(eni('a'), mac));

    it('starts one, with the address that DHCP gives', async () => {
      controller.setInstance(id, { spec, status: { state: 'pending' } });
      await eventually('running', () => state() === 'running', 15_000);
      assert.equal(controller.instances.get(id)?.status.namespace, `weft-${id}`);
      assert.match(await inside('ip -o address show dev eth0'), /inet 10\.0\.0\.5\/24/);
      assert.match(await inside('ip -o link show dev eth0'), /mtu 1442 .*02:57:00:00:00:0a/);
      assert.match(await inside('ip route'), /default via 10\.0\.0\.1/);
      assert.doesNotMatch(await inside('ip -6 address'), /inet6/);
      assert.match(
        await host.vsctl('get', 'Interface', `wf${'a'.repeat(13)}`, 'external_ids'),
        new RegExp(eni('a')),
      );
    });

    it('leaves it running when it stops, and takes it over when it starts', async () => {
      await inside('ip link set dev eth0 alias witness');
      const row = () => host.vsctl('get', 'Interface', `wf${'a'.repeat(13)}`, '_uuid', 'ofport');
      const port = await row();
      await agent.stop();
      assert.match(await inside('ip link show dev eth0'), /witness/);
      const before = controller.calls.length;
      await agent.restart();
      await eventually('taken over', () => agentLines().includes('instance runs'));
      assert.match(await inside('ip link show dev eth0'), /witness/);
      assert.ok(!controller.calls.slice(before).some((call) => call.endsWith('/status')));
      assert.equal(await row(), port, 'the port is the same one');
    });

    it('removes everything of it when it is deleted', async () => {
      const sleeper = await host.spawn('nsenter', [`--net=/run/netns/weft-${id}`, '--', 'sleep', '600']);
      controller.setInstance(id, undefined);
      await eventually('namespace gone', async () => !(await namespaces()).includes(id));
      await eventually('port gone', async () => !(await ports()).includes('wfaaaa'));
      await eventually('process gone', () => !sleeper.running);
      assert.equal((await host.exec('ip', ['link', 'show', 'wfaaaaaaaaaaaaa'])).code, 1);
    });

    it('removes at its start what was deleted meanwhile, and nothing of others', async () => {
      controller.setInstance(id, { spec, status: { state: 'pending' } });
      await eventually('running', () => state() === 'running', 15_000);
      await agent.kill9();
      const stranger = `weft-${instanceId('f')}`;
      await host.run('ip', ['netns', 'add', stranger]);
      try {
        controller.setInstance(id, undefined);
        await agent.restart();
        await eventually('namespace gone', async () => !(await namespaces()).includes(id), 10_000);
        assert.ok((await namespaces()).includes(stranger));
      } finally {
        await host.run('ip', ['netns', 'delete', stranger]);
      }
    });

    it('says why one cannot start, and starts it when it can', async () => {
      await host.ofctl('del-flows', integrationBridge, 'udp');
      controller.setInstance(id, { spec, status: { state: 'pending' } });
      await eventually('failed', () => state() === 'failed', 20_000);
      assert.match(String(controller.instances.get(id)?.status.reason), /eth0 got no address by DHCP/);
      await host.ofctl('add-flow', integrationBridge, dhcpFlow);
      await eventually('running', () => state() === 'running', 20_000);
      controller.setInstance(id, undefined);
      await eventually('gone', async () => !(await namespaces()).includes(id));
    });
  });
});
