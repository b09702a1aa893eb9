import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import { tableOf } from '../../controller/pipeline/index.ts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

describe('a controller that is killed', () => {
  let cloud: Cloud;
  let subnet: ResourceOf<'subnet'>;
  let one: CloudVm;
  let two: CloudVm;

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.vpc();
    subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    one = await cloud.vm(cloud.host(0), subnet);
    two = await cloud.vm(cloud.host(1), subnet);
  });
  after(() => cloud[Symbol.asyncDispose]());

  /** Switches try again each second. */
  const hostsAreUp = () =>
    eventually(
      'both hosts are up again',
      async () => {
        const hosts = (await cloud.client.listAll('host')).items;
        return (
          hosts.length === 2 &&
          hosts.every(({ liveness }) => liveness.openflow === 'up' && liveness.agent === 'up')
        );
      },
      20_000,
    );

  it('costs no packet, stops no DHCP, and finds its flows as it left them', async () => {
    const key = ({
      cookie,
      table,
      priority,
      match,
    }: {
      cookie: bigint;
      table: number;
      priority: number;
      match: string;
    }) => `${cookie} ${table} ${priority} ${match}`;
    const counters = async (host: number) =>
      new Map((await cloud.host(host).dumpFlows()).map((flow) => [key(flow), flow.packets]));
    const ping = one.exec('ping', ['-i', '0.01', '-c', '600', '-W', '1', two.address], { timeoutMs: 30_000 });
    await sleep(1000);
    const before = await Promise.all([counters(0), counters(1)]);
    await cloud.controller.kill9();

    const lease = await two.dhcp();
    assert.equal(lease.ip, two.address);
    await sleep(1000);
    await cloud.controller.restart();
    await hostsAreUp();

    const result = await ping;
    assert.match(result.stdout, /600 packets transmitted, 600 received, 0% packet loss/);
    for (const host of [0, 1]) {
      const now = await counters(host);
      assert.deepEqual([...now.keys()].sort(), [...(before[host] as Map<string, number>).keys()].sort());
      for (const [flow, packets] of before[host] as Map<string, number>) {
        assert.ok((now.get(flow) as number) >= packets, `counter of ${flow} went back`);
      }
    }
    const three = await cloud.vm(cloud.host(1), subnet);
    assert.equal((await one.ping(three.address)).received, 3);
  });

  it('an agent that comes back meanwhile answers DHCP, and reports when the controller is back', async () => {
    const agent = cloud.agents[1];
    assert.ok(agent);
    await cloud.controller.kill9();
    await agent.kill9();
    const ready = agent.restart();
    await eventually('the new agent answers DHCP', async () => {
      const lease = await two.dhcp().catch(() => undefined);
      return lease?.ip === two.address;
    });
    await cloud.controller.restart();
    await ready;
    await hostsAreUp();
    const late = await cloud.vm(cloud.host(1), subnet);
    assert.equal((await one.ping(late.address)).received, 3);
  });

  it('what changed on the switch meanwhile is mended, and the flows of others stay', async () => {
    const host = cloud.host(0);
    const foreign = 'table=0,priority=7,in_port=999,actions=drop';
    const flows = async () => (await host.dumpFlows()).length;
    const count = await flows();
    await cloud.controller.kill9();
    await host.ofctl('add-flow', 'br-int', `cookie=0x1234,${foreign}`);
    // A marker that is missing makes the controller look at everything.
    const [locate] = (await host.dumpFlows()).filter(
      (flow) => flow.text.includes(one.mac) && flow.match.startsWith('metadata'),
    );
    assert.ok(locate);
    await host
      .ofctl(
        '--strict',
        'del-flows',
        'br-int',
        `table=${locate.table},priority=${locate.priority},${locate.match}`,
      )
      .catch(() => host.ofctl('del-flows', 'br-int', `table=${locate.table},${locate.match}`));
    const markers = (await host.dumpFlows()).filter(
      (flow) => flow.cookie >> 56n === 0x57n && flow.table === tableOf('marker'),
    );
    assert.ok(markers.length >= 3, 'global, VPC and host each have a marker');
    await host.ofctl('del-flows', 'br-int', `table=${tableOf('marker')}`);
    await cloud.controller.restart();
    await eventually('the flow is back', async () => (await flows()) === count + 1, 20_000);
    assert.equal((await two.ping(one.address)).received, 3);
    assert.ok((await host.dumpFlows()).some((flow) => flow.cookie === 0x1234n));
  });
});
