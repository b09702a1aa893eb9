import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { Topology } from '../../topology/index.ts';
import { features } from '../index.ts';

describe('an underlay that takes other packets than Ethernet', () => {
  /** Flows that tell and check sizes: DHCP, router advertisement, errors, checks before the tunnel and from outside. */
  async function flowsWith(topology: Topology): Promise<string> {
    await using world = await World.create(features, topology);
    const { vpc, subnet } = await cloud(world);
    await world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:0:0:100::/56' });
    await world.update('subnet', subnet.id, { ipv6CidrBlock: 'fd00:0:0:101::/64' });
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: port.id });
    await world.bind('host-1', port.id, 10);
    const named = [
      ['interface.guard', `host-1/${port.id}`],
      ['router-errors.interface', `host-1/${port.id}`],
      ['subnet.admit', subnet.id],
      ['elastic-ip.inbound', elasticIp.id],
      ['host.tunnel', 'host-1'],
      ['host.external', 'host-1'],
    ] as const;
    return named.flatMap(([name, id]) => fragment(world, name, id)?.flows ?? []).join('\n');
  }

  it('is told and checked as the operator has said', async () => {
    const usual = await flowsWith(new Topology());
    const [told, checked] = [/\b05\.a2\b/g, /check_pkt_larger\(1456\)/g];
    assert.equal(usual.match(told)?.length, 5, 'DHCP twice, router advertisement, errors inside and outside');
    assert.equal(usual.match(checked)?.length, 3, 'to the tunnel twice, and from outside');
    const smaller = usual.replace(told, '05.3e').replace(checked, 'check_pkt_larger(1356)');
    assert.equal(await flowsWith(new Topology(1342)), smaller);
  });
});
