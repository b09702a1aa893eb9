import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** What follows each other in the userdata of a DHCP answer: see pipeline/responders.ts. */
const answer = (...parts: string[]) => `resubmit(,limit),controller(id=22342,userdata=${parts.join('.')})`;

async function answersFor(
  world: World,
  subnetId: string,
  privateAddress: string,
): Promise<(string | undefined)[]> {
  const port = await world.create('network-interface', { subnetId, privateAddress });
  await world.bind('host-1', port.id, 10);
  const flows = fragment(world, 'interface.guard', `host-1/${port.id}`)?.flows ?? [];
  return flows.filter((flow) => flow.startsWith('table=admit')).map((flow) => flow.split(' actions=')[1]);
}

describe('the DHCP answer of an interface', () => {
  it('carries its address, its router and every option of the subnet', async () => {
    await using world = await World.create();
    await world.host(1);
    const { subnet } = await network(world);
    const expected = answer(
      '01', // DHCPv4
      '0a.00.01.04', // 10.0.1.4
      '0a.00.01.01', // from 10.0.1.1
      '02.57.01.00.00.01', // at the gateway's MAC
      '01.04.ff.ff.ff.00', // mask of a /24
      '03.04.0a.00.01.01', // router
      '0c.0b.69.70.2d.31.30.2d.30.2d.31.2d.34', // ip-10-0-1-4
      '1a.02.05.a2', // MTU 1442 = 1500 - 58 (Geneve with the identity option over IPv4)
      '33.04.00.00.0e.10', // lease of 3600 s
      '3a.04.00.00.07.08', // renewal after half of it
      '3b.04.00.00.0c.4e', // rebinding after seven eighths
    );
    assert.deepEqual(await answersFor(world, subnet.id, '10.0.1.4'), [expected, expected]);
  });

  it('differs with the subnet: another mask, router and MAC', async () => {
    await using world = await World.create();
    await world.host(1);
    const { vpc } = await network(world, '172.16.0.0/16');
    const small = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '172.16.255.240/28' });
    const expected = answer(
      '01',
      'ac.10.ff.fe',
      'ac.10.ff.f1',
      '02.57.01.00.00.02',
      '01.04.ff.ff.ff.f0',
      '03.04.ac.10.ff.f1',
      '0c.11.69.70.2d.31.37.32.2d.31.36.2d.32.35.35.2d.32.35.34', // ip-172-16-255-254
      '1a.02.05.a2',
      '33.04.00.00.0e.10',
      '3a.04.00.00.07.08',
      '3b.04.00.00.0c.4e',
    );
    assert.deepEqual(await answersFor(world, small.id, '172.16.255.254'), [expected, expected]);
  });
});
